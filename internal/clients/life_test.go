package clients_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/internal/clients"
	"github.com/go-fxservices/services/runner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// library makes clients, which are numbers, and notes what is done with them.
type library struct {
	events []string
	made   int
	start  error // of the next Start
}

func (l *library) steps() clients.Steps[int] {
	return clients.Steps[int]{
		Open: func(context.Context) (int, error) { l.made++; l.events = append(l.events, "open"); return l.made, nil },
		Start: func(context.Context, int) error {
			l.events = append(l.events, "start")
			return l.start
		},
		Check: func(context.Context, int) error { l.events = append(l.events, "check"); return nil },
		Close: func(context.Context, int) error { l.events = append(l.events, "close"); return nil },
	}
}

func (l *library) take() []string {
	events := slices.Clone(l.events)
	l.events = nil
	return events
}

func TestLife(t *testing.T) {
	t.Run("opens, starts and closes", func(t *testing.T) {
		l := &library{}
		life := clients.NewLife(l.steps())
		ctx := t.Context()
		require.ErrorIs(t, life.Check(ctx), runner.ErrNotStarted)
		require.NoError(t, life.Stop(ctx))
		for range 2 {
			require.NoError(t, life.Start(ctx))
			require.ErrorIs(t, life.Start(ctx), runner.ErrAlreadyStarted)
			require.NoError(t, life.Check(ctx))
			require.NoError(t, life.Stop(ctx))
			require.NoError(t, life.Stop(ctx))
			require.ErrorIs(t, life.Check(ctx), runner.ErrNotStarted)
			require.Equal(t, []string{"open", "start", "check", "close"}, l.take())
		}
	})

	t.Run("closes what a failed start has made", func(t *testing.T) {
		l := &library{start: errors.New("boom")}
		life := clients.NewLife(l.steps())
		require.ErrorIs(t, life.Start(t.Context()), l.start)
		require.NoError(t, life.Stop(t.Context()))
		require.Equal(t, []string{"open", "start", "close"}, l.take())
	})

	t.Run("keeps what somebody has already when a start fails", func(t *testing.T) {
		l := &library{start: errors.New("boom")}
		life := clients.NewLife(l.steps())
		require.Equal(t, 1, life.Prepared())
		require.Error(t, life.Start(t.Context()))
		require.Equal(t, 1, life.Prepared())
		l.start = nil
		require.NoError(t, life.Start(t.Context()))
		require.Equal(t, 1, life.Prepared())
		require.NoError(t, life.Stop(t.Context()))
		require.Equal(t, []string{"open", "start", "start", "close"}, l.take())
		require.Equal(t, 2, life.Prepared())
		require.NoError(t, life.Stop(t.Context()))
		require.Equal(t, []string{"open", "close"}, l.take())
	})

	t.Run("does nothing without a context, or with one that has ended", func(t *testing.T) {
		l := &library{}
		life := clients.NewLife(l.steps())
		cause := errors.New("signal")
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(cause)
		for _, err := range []error{life.Start(ctx), life.Check(ctx)} {
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorIs(t, err, cause)
		}
		for _, err := range []error{life.Start(nil), life.Check(nil), life.Stop(nil)} { //nolint:staticcheck // a mistake
			require.EqualError(t, err, "the context is nil")
		}
		require.Empty(t, l.take())
	})

	t.Run("says why the context ended where the library does not", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		reset := errors.New("connection reset")
		life := clients.NewLife(clients.Steps[int]{
			Open:  func(context.Context) (int, error) { return 1, nil },
			Check: func(context.Context, int) error { cancel(); return reset },
			Close: func(context.Context, int) error { return nil },
		})
		err := life.Start(ctx)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, reset)
	})

	t.Run("lets a stop wait for a start, until its context ends", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			life := clients.NewLife(clients.Steps[int]{
				Open:  func(context.Context) (int, error) { return 1, nil },
				Check: func(context.Context, int) error { time.Sleep(time.Second); return nil },
				Close: func(context.Context, int) error { return nil },
			})
			go func() { _ = life.Start(t.Context()) }()
			synctest.Wait()
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			require.ErrorIs(t, life.Stop(ctx), context.DeadlineExceeded)
			require.NoError(t, life.Stop(t.Context()))
			_, started := life.Started()
			require.False(t, started)
		})
	})
}

func TestBounded(t *testing.T) {
	t.Run("returns what the function returns", func(t *testing.T) {
		boom := errors.New("boom")
		require.Same(t, boom, clients.Bounded(t.Context(), "close", func() error { return boom }, nil))
	})

	t.Run("cuts it off when the context ends", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			release := make(chan struct{})
			err := clients.Bounded(ctx, "close", func() error { <-release; return nil }, func() { close(release) })
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.EqualError(t, err, "close: cut off: context deadline exceeded")
		})
	})
}

func TestConns(t *testing.T) {
	here, there := net.Pipe()
	defer there.Close()
	var conns clients.Conns
	dial := conns.Dial(func(context.Context, string, string) (net.Conn, error) { return here, nil })
	first, err := dial(t.Context(), "tcp", "db:5432")
	require.NoError(t, err)
	conns.Cut()
	_, err = first.Read(make([]byte, 1))
	require.Error(t, err)
	_, err = dial(t.Context(), "tcp", "db:5432")
	require.ErrorIs(t, err, net.ErrClosed)
	require.EqualError(t, err, "dial db:5432: "+net.ErrClosed.Error())
	require.NoError(t, first.Close())
	conns.Cut()
}
