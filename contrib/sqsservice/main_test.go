//go:build unix

package sqsservice_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/contrib/sqsservice"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

func TestMain(m *testing.M) {
	realserver.ServeSelf(func(addr string) error {
		server := &http.Server{Addr: addr, Handler: newFake(realserver.Password), ReadHeaderTimeout: time.Minute}
		end := make(chan os.Signal, 1)
		signal.Notify(end, syscall.SIGTERM)
		go func() { <-end; _ = server.Close() }()
		if err := server.ListenAndServe(); err != http.ErrServerClosed {
			return err
		}
		return nil
	})
	setLogin(realserver.Password)
	realserver.Consume(func(handle func(text string) error) ([]runner.Service, error) {
		r, err := sqsservice.New(queue(os.Getenv("SQS_ENDPOINT"), 2*time.Second))
		if err != nil {
			return nil, err
		}
		c := sqsservice.NewConsumer(r, func(_ context.Context, m sqsservice.Message) error { return handle(aws.ToString(m.Body)) }, consumer.Workers(8))
		return []runner.Service{r, c}, nil
	})
	goleak.VerifyTestMain(m)
}

// setLogin sets what the SDK reads. The fake looks at the access key alone.
func setLogin(accessKey string) {
	for key, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": accessKey, "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true",
	} {
		os.Setenv(key, value)
	}
}

func queue(endpoint string, visibility time.Duration) sqsservice.Config {
	return sqsservice.Config{QueueURL: endpoint + "/1/orders", Endpoint: endpoint, VisibilityTimeout: visibility}
}

// newResource logs in with "password@host:port".
func newResource(login string) (runner.Resource, error) {
	password, addr, _ := strings.Cut(login, "@")
	setLogin(password)
	defer setLogin(realserver.Password)
	return sqsservice.New(queue("http://"+addr, 0))
}

// start starts a fake that is up until the test ends.
func start(t *testing.T) (f *fake, endpoint string) {
	t.Helper()
	f = newFake(realserver.Password)
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return f, server.URL
}

func started(t *testing.T, config sqsservice.Config) *sqsservice.Resource {
	t.Helper()
	r, err := sqsservice.New(config)
	require.NoError(t, err)
	require.NoError(t, r.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, r.Stop(context.Background())) })
	return r
}

func publish(ctx context.Context, r *sqsservice.Resource, endpoint string, texts ...string) error {
	return realserver.Batches(texts, 10, func(part []string) error {
		var entries []types.SendMessageBatchRequestEntry
		for i, text := range part {
			entries = append(entries, types.SendMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), MessageBody: aws.String(text)})
		}
		_, err := r.Client().SendMessageBatch(ctx, &sqs.SendMessageBatchInput{QueueUrl: aws.String(endpoint + "/1/orders"), Entries: entries})
		return err
	})
}
