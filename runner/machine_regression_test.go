package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// TestMachineFound holds cases that TestMachine has found.
func TestMachineFound(t *testing.T) {
	inBubble(t, "Finish ends what Stop has done after a Finish that failed", func(t *testing.T) {
		var j journal
		err := errBoom
		db := j.stopping("db", func(context.Context) error { return err })
		r := newRunner()
		require.NoError(t, r.Run(t.Context(), db))
		require.ErrorIs(t, r.Finish(t.Context()), errBoom)
		err = nil
		require.NoError(t, r.Stop(t.Context(), db))
		finish(t, r)
		require.Equal(t, runner.StateStopped, r.State())
	})

	inBubble(t, "tries again while a Stop that was late fails", func(t *testing.T) {
		for range 60 { // it takes luck to meet the moment
			var j journal
			db := j.stopping("db", takes(time.Second), fails(errBoom))
			r := newRunner(runner.WithStopTimeout(50 * time.Millisecond))
			require.NoError(t, r.Run(t.Context(), db))
			for range 4 { // each leaves a goroutine that waits for the first Stop
				require.ErrorIs(t, r.Finish(t.Context()), runner.ErrStopTimeout)
			}
			time.Sleep(time.Second - 4*200*time.Millisecond)
			for range 3 {
				require.Error(t, r.Finish(t.Context()))
			}
			time.Sleep(time.Second) // until the last Stop has returned
		}
	})

	inBubble(t, "a Stop that returns in the moment in which it is given up again is over", func(t *testing.T) {
		for range 1000 { // it takes luck to meet the moment
			var j journal
			db := j.stopping("db", takes(450*time.Millisecond), takes(50*time.Millisecond), fails(errBoom)) // its last timer is the newer one
			r := newRunner(runner.WithStopTimeout(100 * time.Millisecond))
			require.NoError(t, r.Run(t.Context(), db))
			require.ErrorIs(t, r.Finish(t.Context()), runner.ErrStopTimeout) // after 250 ms
			require.Error(t, r.Finish(t.Context()))
			synctest.Wait()
			require.Equal(t, runner.ServiceFailed, r.Services()[0].State)
			time.Sleep(time.Second) // a Stop may have begun anew
			synctest.Wait()
		}
	})

	inBubble(t, "a service that is stopped before it is ready has failed to start", func(t *testing.T) {
		var j journal
		ready := make(chan struct{})
		api := checked(j.resource("api"), until(ready))
		r := newRunner(runner.WithObserver(witness{&j}))
		first := async(func() error { return r.Run(t.Context(), api) })
		synctest.Wait()
		require.NoError(t, r.Stop(t.Context(), api))
		require.EqualError(t, first(), `ready "api": stopped before it was ready, abandoned after 150ms`)
		require.ErrorIs(t, r.Run(t.Context(), api), runner.ErrStillRunning)
		close(ready)
		synctest.Wait()
		require.NoError(t, r.Run(t.Context(), api))
		finish(t, r)
		require.Equal(t, []string{
			"before start api", "start api",
			`after start api: ready "api": stopped before it was ready, abandoned after 150ms`,
			"before stop api", "stop api", "after stop api",
			"before start api", "start api", "after start api", "before stop api", "stop api", "after stop api",
		}, j.all())
	})

	inBubble(t, "a start that has ended calls nothing more", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunner(l.option())
		slow := func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(grace - time.Millisecond)
			return nil
		}
		wait := running(t, r, loading(j.resource("db"), slow))
		began := time.Now()
		l.terminate()
		requireSignalError(t, wait(), sigterm)
		require.Less(t, time.Since(began), grace)
		require.Empty(t, j.all())
		finish(t, r)
	})

	inBubble(t, "what cuts a stop short does not lengthen it", func(t *testing.T) {
		r := newRunner(runner.WithStopTimeout(30 * time.Millisecond))
		first := true
		closes := func(context.Context) error {
			if first {
				first = false
				time.Sleep(100 * time.Millisecond)
			}
			return nil
		}
		require.NoError(t, r.Start(t.Context(), runner.NewServer("api", stuck(t), closes)))
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Millisecond)
		defer cancel()
		began := time.Now()
		require.ErrorIs(t, r.Finish(ctx), runner.ErrStopTimeout)
		require.Equal(t, 30*time.Millisecond+grace, time.Since(began))
	})
	inBubble(t, "Finish does not meet what has started late before it is to be stopped", func(t *testing.T) {
		r := concurrent(runner.WithStartTimeout(time.Second))
		var late []runner.Service
		bursts := make([]chan struct{}, 150)
		for i := range bursts {
			bursts[i] = make(chan struct{})
			for range 5 {
				late = append(late, runner.NewResource("late", until(bursts[i]), nil))
			}
		}
		require.ErrorIs(t, r.Run(t.Context(), late...), runner.ErrStartTimeout)
		for _, burst := range bursts { // it takes luck to meet the moment
			close(burst)
			for range 5 { // while they return
				require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, nil)))
				finish(t, r)
				require.Equal(t, runner.StateStopped, r.State(), "nothing is left")
			}
		}
		synctest.Wait()
		require.Empty(t, names(r))
	})

	inBubble(t, "a Stop does not wait for a close of another longer than its context lasts", func(t *testing.T) {
		r := newRunner(runner.WithStopTimeout(0))
		api := runner.NewServer("api", waits, takes(time.Minute))
		ctx, cancel := context.WithCancel(t.Context())
		wait := async(func() error { return r.Run(ctx, api) })
		synctest.Wait()
		cancel()
		synctest.Wait()
		within, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.Equal(t, time.Second, elapsed(func() {
			require.EqualError(t, r.Stop(within, api), `close "api": context deadline exceeded`)
		}))
		require.ErrorIs(t, wait(), context.Canceled)
		finish(t, r)
	})

	inBubble(t, "nothing starts after what is not ready yet", func(t *testing.T) {
		var j journal
		r := newRunner()
		ready := make(chan struct{})
		db := checked(j.resource("db"), until(ready))
		wait := running(t, r, db)
		api := running(t, r, after(j.resource("api"), db))
		require.Equal(t, []string{"start db"}, j.all())
		close(ready)
		require.NoError(t, wait())
		require.NoError(t, api())
		finish(t, r)
		require.Equal(t, []string{"start db", "start api", "stop api", "stop db"}, j.all())
	})

	inBubble(t, "nothing starts after what is about to stop", func(t *testing.T) {
		var j journal
		r := newRunner()
		db := j.stopping("db", takes(time.Second))
		require.NoError(t, r.Run(t.Context(), db))
		stop := async(func() error { return r.Stop(t.Context(), db) })
		synctest.Wait()
		require.ErrorIs(t, r.Run(t.Context(), after(j.resource("api"), db)), runner.ErrNotStarted)
		require.NoError(t, stop())
		finish(t, r)
		require.Equal(t, []string{"start db", "stop db"}, j.all())
	})

	inBubble(t, "nothing starts after what has failed to stop", func(t *testing.T) {
		var j journal
		r := newRunner()
		failed := false
		db := j.stopping("db", func(context.Context) error {
			if !failed {
				failed = true
				return errBoom
			}
			return nil
		})
		require.NoError(t, r.Run(t.Context(), db))
		require.ErrorIs(t, r.Finish(t.Context()), errBoom)
		require.Equal(t, runner.ServiceFailed, r.Services()[0].State)
		require.ErrorIs(t, r.Run(t.Context(), after(j.resource("api"), db)), runner.ErrNotStarted)
		finish(t, r)
		require.Equal(t, []string{"start db", "stop db", "stop db"}, j.all())
	})

	inBubble(t, "nothing starts after what has never become ready", func(t *testing.T) {
		var j journal
		r := newRunner()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		db := checked(j.resource("db"), waits)
		require.ErrorIs(t, r.Run(ctx, db), context.DeadlineExceeded)
		require.Equal(t, []string{"db"}, names(r), "it is up until Finish")
		require.ErrorIs(t, r.Run(t.Context(), after(j.resource("api"), db)), runner.ErrNotStarted)
		finish(t, r)
		require.Equal(t, []string{"start db", "stop db"}, j.all())
	})
	inBubble(t, "a start that has ended does not ask again whether it is ready", func(t *testing.T) {
		for range 20 { // what has ended, the start or Listen, is met in any order
			asked := 0
			api := checked(runner.NewServer("api", nil, nil), func(ctx context.Context) error {
				asked++
				<-ctx.Done()
				return errBoom
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			r := newRunner()
			require.ErrorIs(t, r.Run(ctx, api), context.DeadlineExceeded)
			require.Equal(t, 1, asked)
			finish(t, r)
			cancel()
		}
	})
}
