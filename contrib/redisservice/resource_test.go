//go:build unix

package redisservice_test

import (
	"context"
	"crypto/tls"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/redisservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/fxservices/fxservicestest"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

func start(t *testing.T) *realserver.Server {
	t.Helper()
	server := realserver.Redis(t)
	server.Start()
	return server
}

func started(t *testing.T, server *realserver.Server) *redisservice.Resource {
	t.Helper()
	r, err := redisservice.New(redisservice.Config{URL: server.RedisURL()})
	require.NoError(t, err)
	require.NoError(t, r.Start(t.Context()))
	return r
}

func TestContract(t *testing.T) {
	server := start(t)
	runnertest.TestResource(t, func(t *testing.T) runner.Resource {
		r, err := newResource(server.RedisURL())
		require.NoError(t, err)
		return r
	})
}

func TestFaults(t *testing.T) {
	t.Run("URL", func(t *testing.T) {
		realserver.Faults(t, realserver.Kind{Server: realserver.Redis, Address: (*realserver.Server).RedisURL, New: newResource, Use: increment})
	})
	t.Run("Addrs", func(t *testing.T) {
		address := func(s *realserver.Server) string { return realserver.Password + "@" + s.Addr() }
		realserver.Faults(t, realserver.Kind{Server: realserver.Redis, Address: address, New: newAt, Use: increment})
	})
}

func TestConfig(t *testing.T) {
	const url = "redis://:s3cr3t-%2540@localhost:6379"
	for want, c := range map[string]redisservice.Config{
		"URL: it must be given, or Addrs":                  {},
		"URL: it is not a URL":                             {URL: "redis://:s3cr3t-%2540@localhost:port"},
		"URL: redis: invalid URL scheme: http":             {URL: "http://:s3cr3t-%2540@localhost"},
		"Addrs: there is a URL too: give one of them":      {URL: url, Addrs: []string{"localhost:6379"}},
		"Addrs: address localhost: missing port":           {Addrs: []string{"localhost"}},
		"URL: MasterName, Username, Password, TLS and Con": {URL: url, TLS: &tls.Config{MinVersion: tls.VersionTLS12}},
	} {
		err := c.Validate()
		require.ErrorContains(t, err, "redisservice.Config: "+want)
		realserver.NoSecret(t, err.Error())
		_, newErr := redisservice.New(c)
		require.Equal(t, err.Error(), newErr.Error())
	}

	t.Run("can change the options", func(t *testing.T) {
		server := start(t)
		c := redisservice.Config{Name: "cache", Addrs: []string{server.Addr()}, Configure: func(o *redis.UniversalOptions) { o.Password = realserver.Password }}
		r, err := redisservice.New(c)
		require.NoError(t, err)
		require.Equal(t, "cache", r.Name())
		require.NoError(t, r.Start(t.Context()))
		require.NoError(t, r.Stop(t.Context()))
	})
}

func TestStop(t *testing.T) {
	server := start(t)

	t.Run("waits for commands that run", func(t *testing.T) {
		r := started(t, server)
		var running sync.WaitGroup
		running.Go(func() {
			_, err := r.Client().BLPop(t.Context(), time.Minute, "queue").Result()
			require.NoError(t, err)
		})
		used := func() bool { s := r.Client().PoolStats(); return s.TotalConns > s.IdleConns }
		require.Eventually(t, used, time.Minute, time.Millisecond)
		running.Go(func() { require.NoError(t, r.Stop(t.Context())) })
		require.Eventually(t, func() bool { return r.IsReady(t.Context()) != nil }, time.Minute, time.Millisecond)
		other := started(t, server)
		require.NoError(t, other.Client().RPush(t.Context(), "queue", "message").Err())
		running.Wait()
		require.NoError(t, other.Stop(t.Context()))
	})

	t.Run("cuts them off when its context ends, and says how many", func(t *testing.T) {
		r := started(t, server)
		client := r.Client()
		var running sync.WaitGroup
		running.Go(func() { require.Error(t, client.BLPop(t.Context(), time.Minute, "queue").Err()) })
		require.Eventually(t, func() bool { s := client.PoolStats(); return s.TotalConns > s.IdleConns }, time.Minute, time.Millisecond)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		err := r.Stop(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.EqualError(t, err, "close: cut off: context deadline exceeded: connections in use: 1")
		running.Wait()
	})
}

type pinging struct{ runner.Resource }

func newPinging(client redis.UniversalClient) *pinging {
	ping := func(ctx context.Context) error { return client.Ping(ctx).Err() }
	return &pinging{runner.NewResource("pinging", ping, ping)}
}

func TestModule(t *testing.T) {
	server := start(t)
	const name = `name:"sessions"`
	app := fxservicestest.New(t,
		fx.Supply(redisservice.Config{URL: server.RedisURL()}),
		fx.Supply(fx.Annotate(redisservice.Config{Name: "sessions", URL: server.RedisURL()}, fx.ResultTags(name))),
		redisservice.Module(),
		redisservice.Module(fxservices.Named("sessions"), runner.StartTimeout(time.Minute)),
		fxservices.Provide(newPinging),
		fx.Invoke(func(*pinging) {}),
		fx.Invoke(fx.Annotate(func(c redis.UniversalClient, r *redisservice.Resource) { require.Same(t, c, r.Client()) }, fx.ParamTags(name, name))),
	)
	app.RequireStart()
	app.RequireStop()
	require.Equal(t, []string{
		"start redis", "started redis", "start pinging", "started pinging", "start sessions", "started sessions",
		"stop sessions", "stopped sessions", "stop pinging", "stopped pinging", "stop redis", "stopped redis",
	}, app.Events())
}
