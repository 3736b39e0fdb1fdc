//go:build unix

package realserver

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// Kind is a kind of resource for [Faults].
type Kind struct {
	Server  func(testing.TB) *Server
	Address func(*Server) string                               // with the login
	New     func(address string) (runner.Resource, error)      // a resource at an address
	Use     func(ctx context.Context, r runner.Resource) error // does something on the server; nil: it is not tried
	NoLogin bool                                               // the server asks for none
}

// WrongPassword is not the password, in a URL or anywhere else.
const WrongPassword = "wr0ng-%2540"

// wrong returns an address with another password.
func wrong(address string) string {
	return strings.NewReplacer(PasswordInURL, WrongPassword, Password, WrongPassword).Replace(address)
}

// NoSecret requires that a text shows no password, in whatever form.
func NoSecret(t testing.TB, text string) {
	t.Helper()
	for _, secret := range []string{Password, PasswordInURL, "s3cr3t", WrongPassword, "wr0ng"} {
		require.NotContains(t, text, secret)
	}
}

// Faults plays the five faults of a server for a kind of resource: it is not up at the start, it refuses the login, it is killed
// while the resource serves and comes back, it freezes before the start, and before the stop.
func Faults(t *testing.T, k Kind) {
	t.Helper()
	server := k.Server(t)
	newResource := func(t *testing.T, address string) *checked {
		t.Helper()
		r, err := k.New(address)
		require.NoError(t, err)
		return &checked{Resource: r, t: t, use: k.Use}
	}
	within := func(t *testing.T, d time.Duration) context.Context {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), d)
		t.Cleanup(cancel)
		return ctx
	}
	address := k.Address(server)

	t.Run("waits for a server that is not up at the start", func(t *testing.T) {
		r := newResource(t, address)
		retried := retrier.New().BackoffFunc(func() backoff.BackOff { return backoff.NewConstantBackOff(20 * time.Millisecond) }).Build(r)
		ctx := within(t, time.Minute)
		require.Error(t, r.Start(within(t, time.Second)))
		started := make(chan error, 1)
		go func() { started <- retried.Start(ctx) }()
		server.Start()
		require.NoError(t, <-started)
		r.works(ctx)
		require.NoError(t, r.Stop(ctx))
		require.Error(t, r.healthy(ctx))
	})

	t.Run("refuses to start with the wrong login", func(t *testing.T) {
		if k.NoLogin {
			t.Skip("the server asks for no login")
		}
		r := newResource(t, wrong(address))
		ctx := within(t, 10*time.Second)
		err := r.Start(ctx)
		require.Error(t, err)
		require.NoError(t, ctx.Err(), "%v", err)
		require.NoError(t, r.Stop(ctx))
	})

	t.Run("survives a server that is killed and comes back", func(t *testing.T) {
		r, ctx := newResource(t, address), within(t, 2*time.Minute)
		require.NoError(t, r.Start(ctx))
		r.works(ctx)
		server.Kill()
		r.becomes(ctx, false)
		server.Restart()
		r.becomes(ctx, true)
		r.works(ctx)
		require.NoError(t, r.Stop(ctx))
	})

	t.Run("does not wait longer than its context for a server that is frozen at the start", func(t *testing.T) {
		r := newResource(t, address)
		server.Freeze()
		err := r.Start(within(t, 300*time.Millisecond))
		server.Thaw()
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NoError(t, r.Start(within(t, time.Minute)))
		require.NoError(t, r.Stop(within(t, time.Minute)))
	})

	t.Run("does not wait longer than its context for a server that is frozen at the stop", func(t *testing.T) {
		r, ctx := newResource(t, address), within(t, time.Minute)
		require.NoError(t, r.Start(ctx))
		r.works(ctx)
		server.Freeze()
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			_ = r.Stop(within(t, 300*time.Millisecond)) // what it says depends on what the library needs the server for
		}()
		select {
		case <-stopped:
		case <-time.After(10 * time.Second):
			require.FailNow(t, "Stop hangs")
		}
		err := r.healthy(within(t, 300*time.Millisecond))
		server.Thaw()
		require.Error(t, err)
		require.NoError(t, r.Start(ctx))
		r.works(ctx)
		require.NoError(t, r.Stop(ctx))
	})
}

// checked is a resource none of whose errors shows a password.
type checked struct {
	runner.Resource
	t   *testing.T
	use func(context.Context, runner.Resource) error
}

func (c *checked) check(err error) error {
	if err != nil {
		NoSecret(c.t, err.Error())
	}
	return err
}

func (c *checked) Start(ctx context.Context) error { return c.check(c.Resource.Start(ctx)) }
func (c *checked) Stop(ctx context.Context) error  { return c.check(c.Resource.Stop(ctx)) }

// healthy asks IsReady and IsHealthy, which must agree unless the server has changed meanwhile.
func (c *checked) healthy(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	ready, ok := runner.As[runner.ReadyChecker](c.Resource)
	require.True(c.t, ok)
	healthy, ok := runner.As[runner.HealthChecker](c.Resource)
	require.True(c.t, ok)
	if err := c.check(ready.IsReady(ctx)); err != nil {
		return err
	}
	return c.check(healthy.IsHealthy(ctx))
}

func (c *checked) works(ctx context.Context) {
	c.t.Helper()
	require.NoError(c.t, c.healthy(ctx))
	if c.use != nil {
		require.NoError(c.t, c.use(ctx, c.Resource))
	}
}

// becomes waits until the resource is healthy, or is not.
func (c *checked) becomes(ctx context.Context, healthy bool) {
	c.t.Helper()
	for {
		err := c.healthy(ctx)
		if (err == nil) == healthy {
			return
		}
		require.NoError(c.t, ctx.Err(), "healthy should become %v: %v", healthy, err)
		time.Sleep(10 * time.Millisecond)
	}
}
