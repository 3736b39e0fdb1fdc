package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// meetingRounds is how often each way is played: by chance it might go well.
const meetingRounds = 30

// TestSignalAndContextTogether ends a Runner in every way by a signal that comes
// together with the end of ctx: the signal decides.
func TestSignalAndContextTogether(t *testing.T) {
	ways := map[string]func(*testing.T, *meeting){
		"a Run that serves returns nil": func(t *testing.T, m *meeting) {
			wait := async(func() error { return m.runner.Run(m.ctx, m.resource("db"), m.server("api")) })
			synctest.Wait()
			m.meet()
			m.isGraceful(t, wait())
			require.Equal(t, []string{"db"}, names(m.runner))
		},
		"a Run that starts a resource says so": func(t *testing.T, m *meeting) {
			wait := async(func() error { return m.runner.Run(m.ctx, m.resource("db"), m.resource("slow", waits)) })
			synctest.Wait()
			m.meet()
			m.isCancelled(t, wait())
			require.Equal(t, []string{"db"}, names(m.runner))
		},
		"a Run that starts beside a server says so, and closes it": func(t *testing.T, m *meeting) {
			wait := async(func() error { return m.runner.Run(m.ctx, m.server("api"), runner.With(m.resource("slow", waits))) })
			synctest.Wait()
			m.meet()
			m.isCancelled(t, wait())
			require.Empty(t, names(m.runner))
		},
		"a Run that awaits readiness says so": func(t *testing.T, m *meeting) {
			wait := async(func() error { return m.runner.Run(m.ctx, checked(m.resource("db"), waits)) })
			synctest.Wait()
			m.meet()
			m.isCancelled(t, wait())
			require.Equal(t, []string{"db"}, names(m.runner))
		},
		"a Start says so": func(t *testing.T, m *meeting) {
			wait := async(func() error { return m.runner.Start(m.ctx, m.server("api"), m.resource("slow", waits)) })
			synctest.Wait()
			m.meet()
			m.isCancelled(t, wait())
			require.Equal(t, []string{"api"}, names(m.runner))
		},
		"a Start of a service that returns the cause says so": func(t *testing.T, m *meeting) {
			causes := func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) }
			wait := async(func() error { return m.runner.Start(m.ctx, m.resource("slow", causes)) })
			synctest.Wait()
			m.meet()
			requireSignalError(t, wait(), sigterm)
		},
		"a Wait returns nil": func(t *testing.T, m *meeting) {
			require.NoError(t, m.runner.Start(t.Context(), m.server("api")))
			wait := async(func() error { return m.runner.Wait(m.ctx) })
			synctest.Wait()
			m.meet()
			m.isGraceful(t, wait())
		},
		"a Wait that comes later returns nil": func(t *testing.T, m *meeting) {
			require.NoError(t, m.runner.Start(t.Context(), m.server("api")))
			m.meet()
			m.isGraceful(t, m.runner.Wait(m.ctx))
		},
		"a Run that comes later says so": func(t *testing.T, m *meeting) {
			require.NoError(t, m.runner.Run(t.Context(), m.resource("db")))
			m.meet()
			m.isCancelled(t, m.runner.Run(m.ctx, m.server("api")))
			require.Equal(t, []string{"start db"}, without(m.all(), "signal terminated"))
		},
		"the first Run says so where both were there before": func(t *testing.T, m *meeting) {
			m.meet()
			m.isCancelled(t, m.runner.Run(m.ctx, m.resource("db")))
			require.Empty(t, names(m.runner))
		},
		"two Runs on one ctx that serve return nil": func(t *testing.T, m *meeting) {
			one := async(func() error { return m.runner.Run(m.ctx, m.server("api")) })
			two := async(func() error { return m.runner.Run(m.ctx, m.server("web")) })
			synctest.Wait()
			m.meet()
			m.isGraceful(t, one())
			m.isGraceful(t, two())
		},
		"a Run that serves returns nil though another starts": func(t *testing.T, m *meeting) {
			serving := async(func() error { return m.runner.Run(m.ctx, m.server("api")) })
			synctest.Wait()
			starting := async(func() error { return m.runner.Start(m.ctx, m.resource("slow", waits)) })
			synctest.Wait()
			m.meet()
			m.isGraceful(t, serving())
			m.isCancelled(t, starting())
		},
	}
	for name, way := range ways {
		onProcessors(t, name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for range meetingRounds {
					m := newMeeting(t)
					way(t, m)
					finish(t, m.runner)
					require.Contains(t, m.all(), "signal terminated")
				}
			})
		})
	}
}

// TestSignalAfterContext shows the limit of the rule: where ctx has ended before
// the signal came, ctx decides.
func TestSignalAfterContext(t *testing.T) {
	inBubble(t, "changes nothing", func(t *testing.T) {
		m := newMeeting(t)
		wait := async(func() error { return m.runner.Run(m.ctx, runner.NewServer("api", waits, takes(2*time.Second))) })
		synctest.Wait()
		m.cancel(errBoom)
		time.Sleep(time.Second)
		m.signals <- sigterm
		err := wait()
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, errBoom)
		finish(t, m.runner)
	})
}
