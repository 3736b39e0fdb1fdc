package runner_test

import (
	"context"
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestTableOfServing(t *testing.T) {
	inBubble(t, "a signal: nil, resources up", func(t *testing.T) {
		s := newStage(t)
		s.listener.terminate()
		require.NoError(t, s.wait())
		s.ends(t, []string{"close api"}, "db", "cache")
	})

	inBubble(t, "ctx cancelled: its error and its cause, resources up", func(t *testing.T) {
		s := newStage(t)
		s.cancel(errBoom)
		err := s.wait()
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, errBoom)
		require.EqualError(t, err, "context canceled: boom")
		s.ends(t, []string{"close api"}, "db", "cache")
	})

	inBubble(t, "ctx cancelled without a cause: its very error", func(t *testing.T) {
		s := newStage(t)
		s.cancel(nil)
		require.Equal(t, context.Canceled, s.wait())
		s.ends(t, []string{"close api"}, "db", "cache")
	})

	inBubble(t, "the deadline of ctx: its error", func(t *testing.T) {
		r := newRunner()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.Equal(t, context.DeadlineExceeded, r.Run(ctx, (&journal{}).server("api")))
		finish(t, r)
	})

	inBubble(t, "a server failed: ServiceError, resources up, other servers closed", func(t *testing.T) {
		s := newStage(t, func(j *journal) runner.Service {
			return runner.NewServer("web", j.notes("listen web", takes(time.Second), fails(errBoom)), nil)
		})
		time.Sleep(time.Second)
		requireServiceError(t, s.wait(), runner.OpListen, "web", errBoom)
		s.ends(t, []string{"listen web", "close api"}, "db", "cache")
	})

	inBubble(t, "Finish called from elsewhere: nil, Finish stops the resources", func(t *testing.T) {
		s := newStage(t)
		finish(t, s.runner)
		require.NoError(t, s.wait())
		require.Equal(t, []string{"start db", "start cache", "listen api", "close api", "stop cache", "stop db"}, s.arranged())
	})
}

func TestTableOfAnotherRunner(t *testing.T) {
	for name, cause := range map[string]error{
		"a signal to another Runner":   &runner.SignalError{Signal: sigterm},
		"the finish of another Runner": runner.ErrFinishing,
	} {
		inBubble(t, "ctx ended by "+name+": the error of ctx", func(t *testing.T) {
			for _, service := range []runner.Service{runner.NewResource("slow", waits, nil), runner.NewServer("api", waits, nil)} {
				r := newRunner()
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Second, func() { cancel(cause) })
				err := r.Run(ctx, runner.NewServer("web", waits, nil), service)
				require.ErrorIs(t, err, context.Canceled)
				require.ErrorIs(t, err, cause)
				finish(t, r)
			}
		})
	}
}

func TestTableOfStarting(t *testing.T) {
	inBubble(t, "a signal: SignalError, resources up, servers closed", func(t *testing.T) {
		s := newStage(t, slow)
		s.listener.terminate()
		requireSignalError(t, s.wait(), syscall.SIGTERM)
		s.ends(t, []string{"start slow", "close api"}, "db", "cache")
	})

	inBubble(t, "ctx cancelled: its error and its cause, resources up, servers closed", func(t *testing.T) {
		s := newStage(t, slow)
		s.cancel(errBoom)
		err := s.wait()
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, errBoom)
		s.ends(t, []string{"start slow", "close api"}, "db", "cache")
	})

	inBubble(t, "a service failed to start: ServiceError, this Run's stopped newest first", func(t *testing.T) {
		s := newStage(t, func(j *journal) runner.Service { return j.resource("bad", takes(time.Second), fails(errBoom)) })
		requireServiceError(t, s.wait(), runner.OpStart, "bad", errBoom)
		s.ends(t, []string{"start bad", "close api", "stop cache"}, "db")
	})

	inBubble(t, "a service failed to load: ServiceError, this Run's stopped newest first", func(t *testing.T) {
		s := newStage(t, func(j *journal) runner.Service { return loading(j.resource("bad"), fails(errBoom)) })
		requireServiceError(t, s.wait(), runner.OpLoad, "bad", errBoom)
		s.ends(t, []string{"close api", "stop cache"}, "db")
	})

	inBubble(t, "a service failed to become ready: ServiceError, it is stopped too", func(t *testing.T) {
		s := newStage(t, func(j *journal) runner.Service {
			return runner.With(checked(j.resource("bad"), fails(errBoom)), runner.StartTimeout(time.Second))
		})
		err := s.wait()
		requireServiceError(t, err, runner.OpReady, "bad", errBoom)
		require.ErrorIs(t, err, runner.ErrStartTimeout)
		s.ends(t, []string{"start bad", "stop bad", "close api", "stop cache"}, "db")
	})

	inBubble(t, "a server failed: ServiceError, this Run's stopped newest first", func(t *testing.T) {
		s := newStage(t, func(*journal) runner.Service { return slowServer("web", errBoom) }, slow)
		requireServiceError(t, s.wait(), runner.OpListen, "web", errBoom)
		s.ends(t, []string{"start slow", "close api", "stop cache"}, "db")
	})

	inBubble(t, "Finish called from elsewhere: nil, Finish stops the resources", func(t *testing.T) {
		s := newStage(t, slow)
		finish(t, s.runner)
		require.NoError(t, s.wait())
		require.Equal(t, []string{
			"start db", "start cache", "listen api", "start slow", "close api", "stop cache", "stop db",
		}, s.arranged())
	})
}

func TestTableOfResourcesAlone(t *testing.T) {
	begin := func(t *testing.T) (l *fakeListener, r *runner.Runner, j *journal, wait func() error) {
		t.Helper()
		l, j = newFakeListener(), &journal{}
		r = newRunner(l.option())
		return l, r, j, running(t, r, j.resource("db"), slow(j))
	}

	inBubble(t, "a signal while starting: SignalError, resources up", func(t *testing.T) {
		l, r, _, wait := begin(t)
		l.send(os.Interrupt)
		requireSignalError(t, wait(), os.Interrupt)
		require.Equal(t, []string{"db"}, names(r))
		finish(t, r)
	})

	inBubble(t, "Finish while starting: ErrFinishing", func(t *testing.T) {
		_, r, j, wait := begin(t)
		finish(t, r)
		err := wait()
		require.ErrorIs(t, err, runner.ErrFinishing)
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, []string{"start db", "start slow", "stop db"}, j.all())
	})
}

func TestTableJoins(t *testing.T) {
	inBubble(t, "errors met while closing", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option())
		wait := running(t, r,
			runner.NewServer("api", untilEnd, fails(errBoom)),
			runner.NewServer("web", func(ctx context.Context) error { return errors.Join(waits(ctx), errOther) }, nil))
		l.terminate()
		err := wait()
		require.ErrorIs(t, err, errBoom)
		require.ErrorIs(t, err, errOther)
		require.ErrorContains(t, err, `close "api": boom`)
		require.ErrorContains(t, err, `listen "web": context canceled`)
		finish(t, r)
	})

	t.Run("errors met while rolling back", func(t *testing.T) {
		var j journal
		r := newRunner()
		err := r.Run(t.Context(), j.stopping("db", fails(errOther)), j.stopping("broker"), j.resource("bad", fails(errBoom)))
		require.EqualError(t, err, "start \"bad\": boom\nstop \"db\": other")
		require.Equal(t, []string{"start db", "start broker", "start bad", "stop broker", "stop db"}, j.all())
		require.Empty(t, names(r), "a rollback tells each service to stop once")
		finish(t, r)
	})

	inBubble(t, "the failure of another server", func(t *testing.T) {
		r := newRunner()
		err := r.Run(t.Context(), slowServer("api", errBoom), slowServer("web", errOther))
		require.ErrorIs(t, err, errBoom)
		require.ErrorIs(t, err, errOther)
		finish(t, r)
	})
	inBubble(t, "the failure of a server that came before it was closed", func(t *testing.T) {
		failing := runner.NewServer("web", func(context.Context) error { time.Sleep(time.Second); return errOther }, nil)
		slowly := runner.NewResource("slowly", nil, takes(2*time.Second))
		r := newRunner()
		err := r.Run(t.Context(), failing, slowly, runner.NewResource("bad", fails(errBoom), nil))
		require.EqualError(t, err, "start \"bad\": boom\nlisten \"web\": other")
		finish(t, r)
	})

	inBubble(t, "the failures of all servers while starting", func(t *testing.T) {
		r := newRunner()
		err := r.Run(t.Context(), slowServer("api", errBoom), slowServer("web", errOther), runner.NewResource("db", waits, nil))
		require.ErrorIs(t, err, errBoom)
		require.ErrorIs(t, err, errOther)
		finish(t, r)
	})

	inBubble(t, "the failure of a server while a signal ends the start", func(t *testing.T) {
		l := newFakeListener()
		r := newRunner(l.option())
		hesitates := runner.NewResource("db", func(ctx context.Context) error { <-ctx.Done(); return takes(grace / 2)(ctx) }, nil)
		wait := running(t, r, runner.NewServer("api", func(context.Context) error { time.Sleep(grace / 4); return errBoom }, nil), hesitates)
		l.terminate()
		err := wait()
		requireSignalError(t, err, sigterm)
		require.ErrorIs(t, err, errBoom)
		finish(t, r)
	})
}

// slowServer is a Server that fails after a second.
func slowServer(name string, err error) runner.Server {
	return runner.NewServer(name, func(context.Context) error { time.Sleep(time.Second); return err }, nil)
}
