//go:build unix

package sqsservice_test

import (
	"context"
	"crypto/md5" //nolint:gosec // SQS has it so
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// fake is one queue that speaks the JSON protocol of SQS.
type fake struct {
	accessKey string

	mu       sync.Mutex
	messages []*fakeMessage
	receipts int
	came     chan struct{} // closed by the next message that can be received
}

type fakeMessage struct {
	id, body, receipt string
	visible           time.Time
	times             int
}

func newFake(accessKey string) *fake { return &fake{accessKey: accessKey, came: make(chan struct{})} }

type (
	entry struct {
		ID                string `json:"Id"`
		MessageBody       string `json:"MessageBody"`
		ReceiptHandle     string `json:"ReceiptHandle"`
		VisibilityTimeout int    `json:"VisibilityTimeout"`
	}
	fakeRequest struct {
		entry
		QueueURL            string  `json:"QueueUrl"`
		Entries             []entry `json:"Entries"`
		MaxNumberOfMessages int     `json:"MaxNumberOfMessages"`
		WaitTimeSeconds     int     `json:"WaitTimeSeconds"`
	}
)

// ServeHTTP answers one request.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	refuse := func(code int, kind, message string) {
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(map[string]string{"__type": "com.amazonaws.sqs#" + kind, "message": message})
	}
	if !strings.Contains(r.Header.Get("Authorization"), "Credential="+f.accessKey+"/") {
		refuse(http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid.")
		return
	}
	var in fakeRequest
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		refuse(http.StatusBadRequest, "InvalidRequest", err.Error())
		return
	}
	if !strings.HasSuffix(in.QueueURL, "/orders") {
		refuse(http.StatusBadRequest, "QueueDoesNotExist", "The specified queue does not exist.")
		return
	}
	answers := map[string]func(context.Context, fakeRequest) any{
		"GetQueueAttributes": func(context.Context, fakeRequest) any {
			return map[string]any{"Attributes": map[string]string{"QueueArn": "arn:aws:sqs:eu-west-1:1:orders"}}
		},
		"SendMessageBatch":             func(_ context.Context, in fakeRequest) any { return f.send(in) },
		"ReceiveMessage":               f.receive,
		"DeleteMessage":                func(_ context.Context, in fakeRequest) any { f.change(in.ReceiptHandle, -1); return struct{}{} },
		"ChangeMessageVisibilityBatch": func(_ context.Context, in fakeRequest) any { return f.changeAll(in) },
	}
	answer, ok := answers[strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AmazonSQS.")]
	if !ok {
		refuse(http.StatusBadRequest, "UnsupportedOperation", r.Header.Get("X-Amz-Target"))
		return
	}
	_ = json.NewEncoder(w).Encode(answer(r.Context(), in))
}

func digest(text string) string {
	sum := md5.Sum([]byte(text)) //nolint:gosec // SQS has it so
	return hex.EncodeToString(sum[:])
}

func (f *fake) send(in fakeRequest) any {
	f.mu.Lock()
	defer f.mu.Unlock()
	var sent []map[string]string
	for _, e := range in.Entries {
		m := &fakeMessage{id: fmt.Sprint(len(f.messages)), body: e.MessageBody}
		f.messages = append(f.messages, m)
		sent = append(sent, map[string]string{"Id": e.ID, "MessageId": m.id, "MD5OfMessageBody": digest(m.body)})
	}
	f.wake()
	return map[string]any{"Successful": sent, "Failed": []any{}}
}

func (f *fake) wake() {
	close(f.came)
	f.came = make(chan struct{})
}

// receive waits for messages. One that comes while the client goes is on its way all the same, as with the real one.
func (f *fake) receive(ctx context.Context, in fakeRequest) any {
	timeout := time.After(time.Duration(in.WaitTimeSeconds) * time.Second)
	for {
		got, came, next := f.take(in)
		if len(got) > 0 {
			return map[string]any{"Messages": got}
		}
		var visible <-chan time.Time
		if !next.IsZero() {
			visible = time.After(time.Until(next))
		}
		select {
		case <-came:
		case <-visible:
		case <-timeout:
			return struct{}{}
		case <-ctx.Done():
			return struct{}{}
		}
	}
}

func (f *fake) take(in fakeRequest) (got []map[string]any, came <-chan struct{}, next time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	for _, m := range f.messages {
		if now.Before(m.visible) {
			if next.IsZero() || m.visible.Before(next) {
				next = m.visible
			}
			continue
		}
		if len(got) == in.MaxNumberOfMessages {
			break
		}
		f.receipts++
		m.receipt, m.times = fmt.Sprint("receipt-", f.receipts), m.times+1
		m.visible = now.Add(time.Duration(in.VisibilityTimeout) * time.Second)
		got = append(got, map[string]any{
			"MessageId": m.id, "Body": m.body, "MD5OfBody": digest(m.body), "ReceiptHandle": m.receipt,
			"Attributes": map[string]string{"ApproximateReceiveCount": fmt.Sprint(m.times)},
		})
	}
	return got, f.came, next
}

// change deletes a message, or says when it is visible again.
func (f *fake) change(receipt string, seconds int) (found bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, m := range f.messages {
		if m.receipt != receipt {
			continue
		}
		if seconds < 0 {
			f.messages = append(f.messages[:i:i], f.messages[i+1:]...)
			return true
		}
		m.visible = time.Now().Add(time.Duration(seconds) * time.Second)
		f.wake()
		return true
	}
	return false
}

func (f *fake) changeAll(in fakeRequest) any {
	var changed, failed []map[string]any
	for _, e := range in.Entries {
		if f.change(e.ReceiptHandle, e.VisibilityTimeout) {
			changed = append(changed, map[string]any{"Id": e.ID})
		} else {
			failed = append(failed, map[string]any{"Id": e.ID, "Code": "InvalidParameterValue", "SenderFault": true})
		}
	}
	return map[string]any{"Successful": changed, "Failed": failed}
}

// left returns how many messages are in the queue.
func (f *fake) left() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.messages)
}
