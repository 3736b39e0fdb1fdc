package runner_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// The start of a Run ends while an Observer is in BeforeStart: Start of a Resource is called all the same, long after the end
// (Listen of a Server is not). The check of hasEnded comes before the Observers only.
func TestStartAfterTheEnd(t *testing.T) {
	inBubble(t, "Start is not called once the start has ended in BeforeStart", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithObserver(slowBeforeStart{}))
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		require.ErrorIs(t, r.Run(ctx, j.resource("db")), context.DeadlineExceeded)
		finish(t, r)
		require.Empty(t, j.all())
	})
}

type slowBeforeStart struct{ nobody }

func (slowBeforeStart) BeforeStart(context.Context, runner.Service) {
	time.Sleep(100 * time.Millisecond)
}

// While an Observer blocks in SignalReceived, the other events wait at the gate: that wait counts as the time of the first
// Observer, which is abandoned and named though it has not even been told.
func TestObserverBesideOneThatBlocks(t *testing.T) {
	inBubble(t, "an Observer is not blamed for one that blocks at a signal", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		release := make(chan struct{})
		defer close(release)
		innocent := witness{&j}
		r := newRunner(l.option(), runner.WithObserver(innocent), runner.WithObserver(blockingAtSignal{release: release}),
			runner.WithObserver(blockingAtSignal{release: release}))
		wait := async(func() error { return r.Run(t.Context(), loading(j.resource("db"), waits)) })
		synctest.Wait()
		l.terminate()
		blamed := []any{}
		err := wait()
		var walk func(error)
		walk = func(err error) {
			if failed, ok := err.(*runner.ObserverError); ok { //nolint:errorlint // the tree is walked here
				blamed = append(blamed, failed.Observer)
			}
			switch err := err.(type) { //nolint:errorlint // the tree is walked here
			case interface{ Unwrap() []error }:
				for _, part := range err.Unwrap() {
					walk(part)
				}
			case interface{ Unwrap() error }:
				if part := err.Unwrap(); part != nil {
					walk(part)
				}
			}
		}
		walk(err)
		require.NotContains(t, blamed, any(innocent), "%v", err)
		_ = r.Finish(t.Context())
	})
}

type blockingAtSignal struct {
	nobody
	release chan struct{}
}

func (b blockingAtSignal) SignalReceived(os.Signal) { <-b.release }

// DESIGN 3.3: a Listen that returns nil only after its Close has returned is closed once more. It is not where that Close had
// been abandoned and returned late: serving.closed stays zero.
func TestListenAfterALateClose(t *testing.T) {
	inBubble(t, "a Listen that returns nil after an abandoned Close has returned is closed once more", func(t *testing.T) {
		var j journal
		api := runner.NewServer("api", j.notes("listen", takes(10*time.Second)), j.notes("close", takes(2*time.Second)))
		r := newRunner(runner.WithStopTimeout(time.Second))
		require.NoError(t, r.Start(t.Context(), api))
		require.ErrorIs(t, r.Finish(t.Context()), runner.ErrStopTimeout)
		time.Sleep(time.Minute)
		require.Equal(t, []string{"listen", "close", "close"}, j.all())
	})
}

// A server with Failed that reports a failure while its Listen still runs: "close of closed channel" ends the process
// once Listen returns (announceFailure closes serving.down, and so does served). A Job likewise.
func TestReportBeforeTheReturn(t *testing.T) {
	for name, listen := range map[string]call{"nil": untilEnd, "the error of its context": waits, "another error": func(ctx context.Context) error {
		<-ctx.Done()
		return errOther
	}} {
		inBubble(t, "a server that reports a failure may return "+name+" from Listen", func(t *testing.T) {
			var j journal
			failures := make(chan error, 1)
			api := reportingAPI{runner.NewServer("api", j.notes("listen api", listen), j.notes("close api")), failures}
			r := newRunner()
			wait := running(t, r, &api)
			failures <- errBoom
			synctest.Wait()
			err := wait()
			require.ErrorIs(t, err, errBoom)
			require.Equal(t, name == "another error", errors.Is(err, errOther), "%v", err) // it is joined
			finish(t, r)
			time.Sleep(time.Second)
			require.Equal(t, []string{"listen api", "close api"}, j.all())
		})
	}
}

type reportingAPI struct {
	runner.Server
	failures chan error
}

func (r *reportingAPI) Failed() <-chan error { return r.failures }
