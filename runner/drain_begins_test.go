package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/drain"
	"github.com/go-fxservices/services/runner"
)

// drainWitness returns a Server that notes when its Listen learns of the drain, and when it is closed.
func drainWitness(j *journal, name string) runner.Server {
	return runner.NewServer(name, func(ctx context.Context) error {
		select {
		case <-drain.Begins(ctx):
			j.note("drain %s", name)
		case <-ctx.Done():
			j.note("end %s", name)
		}
		<-ctx.Done()
		return nil
	}, j.notes("close "+name))
}

func TestBeginningOfDrain(t *testing.T) {
	ends := map[string]func(*fakeListener, *runner.Runner, context.CancelFunc){
		"at a signal":       func(l *fakeListener, _ *runner.Runner, _ context.CancelFunc) { l.terminate() },
		"at the end of ctx": func(_ *fakeListener, _ *runner.Runner, cancel context.CancelFunc) { cancel() },
		"at a Shutdown":     func(_ *fakeListener, r *runner.Runner, _ context.CancelFunc) { r.Shutdown(nil) },
		"at a Finish": func(_ *fakeListener, r *runner.Runner, _ context.CancelFunc) {
			_ = async(func() error { return r.Finish(context.Background()) })
		},
	}
	for name, end := range ends {
		inBubble(t, "reaches the server of a Run "+name, func(t *testing.T) {
			var j journal
			l := newFakeListener()
			r := newRunner(l.option(), runner.WithDrainDelay(5*time.Second))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			wait := async(func() error { return r.Run(ctx, drainWitness(&j, "api")) })
			synctest.Wait()
			require.Empty(t, j.all())
			end(l, r, cancel)
			synctest.Wait()
			require.Equal(t, []string{"drain api"}, j.all())
			_ = wait()
			finish(t, r)
			require.Equal(t, []string{"drain api", "close api"}, j.all())
		})
	}

	inBubble(t, "reaches the server of a Start at a signal, before Finish", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunner(l.option(), runner.WithDrainDelay(5*time.Second))
		ctx, cancel := context.WithCancel(t.Context())
		require.NoError(t, r.Start(ctx, drainWitness(&j, "api")))
		cancel()
		synctest.Wait()
		require.Empty(t, j.all())
		l.terminate()
		require.NoError(t, r.Wait(t.Context()))
		synctest.Wait()
		require.Equal(t, []string{"drain api"}, j.all())
		finish(t, r)
	})

	inBubble(t, "does not reach the servers of another Run that goes on", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithDrainDelay(5 * time.Second))
		stays := running(t, r, drainWitness(&j, "stays"))
		ctx, cancel := context.WithCancel(t.Context())
		wait := async(func() error { return r.Run(ctx, drainWitness(&j, "goes")) })
		synctest.Wait()
		cancel()
		require.ErrorIs(t, wait(), context.Canceled)
		require.Equal(t, []string{"drain goes", "close goes"}, j.all())
		finish(t, r)
		require.NoError(t, stays())
	})
}
