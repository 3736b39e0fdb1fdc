package cronservice_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/contrib/cronservice"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

func TestContract(t *testing.T) {
	for _, every := range []string{"1h", "1ms"} {
		t.Run(every, func(t *testing.T) {
			runnertest.TestServer(t, func(*testing.T) runner.Server {
				return cronservice.New(cronservice.Config{}, cronservice.Job{Name: "nothing", Cron: "@every " + every, Run: nothing})
			})
		})
	}
}

func TestListen(t *testing.T) {
	inBubble(t, "runs jobs again after a Close", func(t *testing.T) {
		runs := 0
		s := cronservice.New(cronservice.Config{
			Jobs: []cronservice.Job{{Name: "a", Cron: "@every 10s", Run: func(context.Context) error { runs++; return nil }}},
		}, cronservice.Job{Name: "b", Cron: "@every 10s", Run: nothing})
		require.Equal(t, "cron", s.Name())
		for i := range 2 {
			require.EqualError(t, s.IsReady(t.Context()), "not listening")
			result := listen(t.Context(), t, s)
			require.ErrorIs(t, s.Listen(t.Context()), runner.ErrAlreadyStarted)
			time.Sleep(25 * time.Second)
			stop(t, s, result)
			require.Equal(t, 2*(i+1), runs)
		}
		time.Sleep(time.Hour)
		require.Equal(t, 4, runs)
	})

	inBubble(t, "returns at once after a Close that came before, and only then", func(t *testing.T) {
		s := cronservice.New(cronservice.Config{})
		require.NoError(t, s.Close(t.Context()))
		require.NoError(t, s.Listen(t.Context()))
		stop(t, s, listen(t.Context(), t, s))
		stop(t, s, listen(t.Context(), t, s))
	})

	inBubble(t, "waits for jobs when its context ends", func(t *testing.T) {
		release := make(chan struct{})
		s := cronservice.New(cronservice.Config{}, cronservice.Job{Name: "slow", Cron: "@every 10s", Run: func(ctx context.Context) error {
			<-release
			return ctx.Err()
		}})
		ctx, cancel := context.WithCancel(t.Context())
		listened := make(chan error, 1)
		go func() { listened <- s.Listen(ctx) }()
		time.Sleep(15 * time.Second)
		cancel()
		synctest.Wait()
		require.Empty(t, listened)
		require.Error(t, s.IsReady(t.Context()))
		close(release)
		require.NoError(t, <-listened)
		require.NoError(t, s.IsHealthy(t.Context()))
	})
}

type key struct{}

func TestClose(t *testing.T) {
	inBubble(t, "waits for a job, whose context lives and has the values of that of Listen", func(t *testing.T) {
		var value any
		s := cronservice.New(cronservice.Config{}, cronservice.Job{Name: "slow", Cron: "@every 10s", Run: func(ctx context.Context) error {
			value = ctx.Value(key{})
			time.Sleep(time.Minute)
			return ctx.Err()
		}})
		result := listen(context.WithValue(t.Context(), key{}, "value"), t, s)
		time.Sleep(15 * time.Second)
		began := time.Now()
		stop(t, s, result)
		require.Equal(t, 55*time.Second, time.Since(began), "in the time of the bubble")
		require.Equal(t, "value", value)
		require.NoError(t, s.IsHealthy(t.Context()))
	})

	inBubble(t, "ends the context of a job when its own ends, and names the job", func(t *testing.T) {
		var cause error
		jobs := []cronservice.Job{
			{Name: "b", Cron: "@every 10s", Run: func(ctx context.Context) error { <-ctx.Done(); cause = context.Cause(ctx); return cause }},
			{Name: "done", Cron: "@every 10s", Run: nothing},
		}
		s := cronservice.New(cronservice.Config{}, jobs...)
		result := listen(t.Context(), t, s)
		time.Sleep(15 * time.Second)
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errBoom)
		defer cancel()
		err := s.Close(ctx)
		require.EqualError(t, err, `cut off: boom: jobs: ["b"]`)
		require.ErrorIs(t, err, errBoom)
		var cut *cronservice.CutOffError
		require.ErrorAs(t, err, &cut)
		require.Equal(t, []string{"b"}, cut.Jobs)
		require.NoError(t, result())
		require.Equal(t, errBoom, cause)
		require.EqualError(t, s.IsHealthy(t.Context()), `job "b": boom`)
	})

	inBubble(t, "leaves a job behind that looks at nothing, and no Listen runs it beside that", func(t *testing.T) {
		release := make(chan struct{})
		running, most := 0, 0
		s := cronservice.New(cronservice.Config{}, cronservice.Job{Name: "stuck", Cron: "@every 10s", Run: func(context.Context) error {
			running++
			most = max(most, running)
			<-release
			running--
			return nil
		}})
		result := listen(t.Context(), t, s)
		time.Sleep(15 * time.Second)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, s.Close(ended), context.Canceled)
		require.NoError(t, result())

		result = listen(t.Context(), t, s)
		time.Sleep(25 * time.Second)
		require.Equal(t, 1, running)
		close(release)
		time.Sleep(20 * time.Second)
		stop(t, s, result)
		require.Equal(t, 0, running)
		require.Equal(t, 1, most)
	})

	inBubble(t, "lets nothing start that comes due meanwhile", func(t *testing.T) {
		runs := 0
		s := cronservice.New(cronservice.Config{},
			cronservice.Job{Name: "slow", Cron: "@every 10s", CatchUp: true, Run: func(context.Context) error { time.Sleep(time.Minute); return nil }},
			cronservice.Job{Name: "other", Cron: "@every 1s", Run: func(context.Context) error { runs++; return nil }},
		)
		result := listen(t.Context(), t, s)
		time.Sleep(20*time.Second + time.Millisecond)
		synctest.Wait()
		runs = 0
		stop(t, s, result)
		require.Zero(t, runs)
	})
}

func TestRun(t *testing.T) {
	for catchUp, want := range map[bool][]string{
		false: {"00:10", "00:40", "01:10"}, // 00:20 and 00:30 are skipped
		true:  {"00:10", "00:35", "01:00"}, // and here 00:35 makes up for them
	} {
		inBubble(t, map[bool]string{false: "is skipped while one goes on", true: "is made up for if asked"}[catchUp], func(t *testing.T) {
			var began []string
			s := cronservice.New(cronservice.Config{}, cronservice.Job{Name: "slow", Cron: "@every 10s", CatchUp: catchUp, Run: func(context.Context) error {
				began = append(began, time.Now().UTC().Format("04:05"))
				time.Sleep(25 * time.Second)
				return nil
			}})
			result := listen(t.Context(), t, s)
			time.Sleep(75 * time.Second)
			stop(t, s, result)
			require.Equal(t, want, began)
		})
	}

	inBubble(t, "that fails is told by IsHealthy until the job succeeds", func(t *testing.T) {
		results := []func() error{
			func() error { return nil }, func() error { return errBoom }, func() error { panic(errBoom) },
			func() error { runtime.Goexit(); return nil }, func() error { return nil },
		}
		s := cronservice.New(cronservice.Config{},
			cronservice.Job{Name: "a", Cron: "@every 10s", Run: func(context.Context) error {
				next := results[0]
				results = results[1:]
				return next()
			}},
			cronservice.Job{Name: "b", Cron: "@every 50s", Run: func(context.Context) error { return errors.New("no") }},
			cronservice.Job{Name: "c", Cron: "@every 50s", Run: func(context.Context) error { return errors.New("neither") }},
		)
		require.NoError(t, s.IsHealthy(t.Context()))
		result := listen(t.Context(), t, s)
		for _, want := range []string{
			"", "", `job "a": boom`, `job "a": panic: boom`, `job "a": panic: runtime.Goexit was called`, "job \"b\": no\njob \"c\": neither",
		} {
			synctest.Wait()
			err := s.IsHealthy(t.Context())
			if want == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, want)
			}
			if want == `job "a": panic: boom` {
				var panicked *runner.PanicError
				require.ErrorAs(t, err, &panicked)
				require.Contains(t, string(panicked.Stack), "server_test.go")
				require.ErrorIs(t, err, errBoom)
			}
			time.Sleep(10 * time.Second)
		}
		stop(t, s, result)
	})
}
