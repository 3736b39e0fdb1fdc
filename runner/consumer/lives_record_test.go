package consumer_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/go-fxservices/services/runner/consumer"
)

// record plays the functions of a life, and looks whether they are called as promised.
type record struct {
	life life

	mu        sync.Mutex
	wrong     []string
	round     *round
	began     time.Time // of the round
	received  int       // the acts of receive so far
	receiving int       // calls that run, and so on
	handling  int
	failing   int
	opened    int
	messages  []*handled // by number, in all rounds
	fatal     bool       // a receive of this round has returned errFatal, before anything else had ended it
	openErr   bool       // so has open returned an error
	panics    int        // of OnError in this round
	leaveErr  bool       // close has returned an error
}

// handled is what became of a message.
type handled struct {
	calls, reports int // of handle, and of OnError
	failed         bool
	done           time.Time // handle has returned
}

func newRecord(l life) *record { return &record{life: l} }

func (r *record) begin(plan *round) {
	r.round, r.began = plan, time.Now()
	r.fatal, r.openErr, r.leaveErr, r.panics = false, false, false, 0
}

// locked runs f with the lock; what it returns went wrong.
func (r *record) locked(f func() string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if wrong := f(); wrong != "" && len(r.wrong) < 10 {
		r.wrong = append(r.wrong, fmt.Sprintf("after %v: %s", time.Since(r.began), wrong))
	}
}

// endAt is when the round is asked to end.
func (r *record) endAt() time.Time {
	end := r.round.closes[0].at
	for _, c := range r.round.closes {
		end = min(end, c.at)
	}
	if r.round.cancel > 0 {
		end = min(end, r.round.cancel)
	}
	return r.began.Add(end)
}

// cutAt is when the context of handle ends.
func (r *record) cutAt() time.Time {
	cut := r.round.closes[0].at + r.round.closes[0].budget
	for _, c := range r.round.closes {
		cut = min(cut, c.at+c.budget)
	}
	return r.began.Add(cut)
}

// play takes the time of an act. It returns the error of ctx if that ends first.
func (a act) play(ctx context.Context) error {
	switch {
	case a.greedy:
		time.Sleep(a.takes)
	case a.takes > 0:
		timer := time.NewTimer(a.takes)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	switch a.outcome {
	case panicking:
		panic("as drawn")
	case exit:
		runtime.Goexit()
	case fail:
		return errBoom
	}
	return nil
}

func (r *record) receive(ctx context.Context) (n int, err error) {
	a := act{takes: 24 * 365 * time.Hour}
	r.locked(func() string {
		if r.received < len(r.life.receives) {
			a = r.life.receives[r.received]
		}
		r.received++
		r.receiving++
		switch busy := r.handling + r.failing; {
		case r.receiving > 1:
			return "two receives at the same time"
		case busy >= r.life.workers:
			return fmt.Sprintf("receive while %d workers are busy", busy)
		case time.Now().After(r.endAt()):
			return "receive after Close has begun"
		case r.life.open != nil && r.opened != 1:
			return "receive without a Session"
		}
		return ""
	})
	got := false
	defer r.locked(func() string {
		r.receiving--
		if got {
			n = len(r.messages)
			r.messages = append(r.messages, &handled{})
			r.handling++ // it is in hand from now on
		}
		r.fatal = r.fatal || errors.Is(err, errFatal) && time.Now().Before(r.endAt())
		return ""
	})
	if err = a.play(ctx); err != nil {
		return 0, err
	}
	switch a.outcome {
	case failFatally:
		return 0, errFatal
	case none:
		return 0, consumer.ErrNone
	}
	got = true
	return 0, nil
}

func (r *record) handle(ctx context.Context, n int) error {
	began := time.Now()
	r.locked(func() string {
		if r.messages[n].calls++; r.messages[n].calls > 1 {
			return fmt.Sprintf("message %d is handled twice", n)
		}
		if ctx.Err() != nil && began.Before(r.cutAt()) {
			return fmt.Sprintf("the context of message %d has ended too early", n)
		}
		return ""
	})
	failed := true
	defer r.locked(func() string {
		m := r.messages[n]
		m.failed, m.done = failed, time.Now()
		r.handling--
		if failed {
			r.failing++
			if r.life.onError == nil {
				r.failing-- // nobody can see when it ends
			}
		}
		timedOut := r.life.timeout > 0 && time.Since(began) >= r.life.timeout
		if ctx.Err() != nil && !timedOut && m.done.Before(r.cutAt()) {
			return fmt.Sprintf("the context of message %d has ended too early: %v", n, context.Cause(ctx))
		}
		return ""
	})
	err := r.life.handles[n%len(r.life.handles)].play(ctx)
	failed = err != nil
	return err
}

func (r *record) onError(ctx context.Context, n int, err error) {
	r.locked(func() string {
		if r.messages[n].reports++; r.messages[n].reports > 1 || !r.messages[n].failed || err == nil {
			return fmt.Sprintf("OnError for message %d, call %d, %v", n, r.messages[n].reports, err)
		}
		return ""
	})
	defer r.locked(func() string {
		r.failing--
		if o := r.life.onError.outcome; o == panicking || o == exit {
			r.panics++
		}
		if ctx.Err() != nil {
			return fmt.Sprintf("the context of OnError for message %d has ended", n)
		}
		return ""
	})
	_ = r.life.onError.play(ctx)
}

func (r *record) open(ctx context.Context) (err error) {
	ok := false
	defer r.locked(func() string {
		if ok {
			r.opened++
			return ""
		}
		said := ctx.Err() != nil && errors.Is(err, ctx.Err())
		r.openErr = !said
		return ""
	})
	if err = r.life.open.play(ctx); err == nil && r.life.open.outcome != succeed {
		err = errOpen
	}
	ok = err == nil
	return err
}

func (r *record) close(ctx context.Context) error {
	r.locked(func() string {
		r.opened--
		r.leaveErr = r.life.close.outcome != succeed
		busy := r.receiving + r.handling + r.failing
		switch givenUp := !time.Now().Before(r.cutAt()); {
		case r.opened != 0:
			return fmt.Sprintf("a Session is closed %d times", 1-r.opened)
		case busy > 0 && !givenUp:
			return fmt.Sprintf("the Session is closed while %d calls run", busy)
		}
		return ""
	})
	err := r.life.close.play(ctx)
	if err == nil && r.life.close.outcome != succeed {
		err = errLeave
	}
	if err != nil {
		r.locked(func() string { r.leaveErr = true; return "" })
	}
	return err
}
