//go:build unix

package natsservice_test

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/natsservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/fxservices/fxservicestest"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

func newResource(url string) (runner.Resource, error) {
	return natsservice.New(natsservice.Config{URL: url, Options: []nats.Option{nats.ReconnectWait(20 * time.Millisecond)}})
}

func TestContract(t *testing.T) {
	server := start(t)
	runnertest.TestResource(t, func(t *testing.T) runner.Resource {
		r, err := newResource(server.NATSURL())
		require.NoError(t, err)
		return r
	})
}

func TestFaults(t *testing.T) {
	request := func(ctx context.Context, r runner.Resource) error {
		nc, _ := runner.As[*natsservice.Resource](r)
		sub, err := nc.Client().Subscribe("echo", func(m *nats.Msg) { _ = m.Respond(m.Data) })
		if err != nil {
			return err
		}
		_, err = nc.Client().RequestWithContext(ctx, "echo", []byte("hello"))
		_ = sub.Unsubscribe()
		return err
	}
	realserver.Faults(t, realserver.Kind{Server: realserver.NATS, Address: (*realserver.Server).NATSURL, New: newResource, Use: request})
}

func TestConfig(t *testing.T) {
	const url = "nats://app:s3cr3t-%2540@localhost:4222"
	for want, c := range map[string]natsservice.Config{
		"URL: it must be given":                        {},
		"URL: it is not a URL":                         {URL: url + ",nats://app:s3cr3t-%2540@localhost:port"},
		"URL: there is no host in it":                  {URL: "nats://"},
		"AckWait: it must not be negative, got -1s":    {URL: url, AckWait: -time.Second},
		"Stream: it must be given, because Durable is": {URL: url, Durable: "d"},
		"Durable: it must be given, because Stream is": {URL: url, Stream: "s"},
	} {
		err := c.Validate()
		require.ErrorContains(t, err, "natsservice.Config: "+want)
		realserver.NoSecret(t, err.Error())
		_, newErr := natsservice.New(c)
		require.Equal(t, err.Error(), newErr.Error())
	}
	r, err := natsservice.New(natsservice.Config{URL: url, Name: "events"})
	require.NoError(t, err)
	require.Equal(t, "events", r.Name())
	require.Nil(t, r.Client())
}

func TestStart(t *testing.T) {
	t.Run("says why no server can be reached", func(t *testing.T) {
		r, err := natsservice.New(natsservice.Config{URL: "nats://" + realserver.FreeAddr(t)})
		require.NoError(t, err)
		err = r.Start(t.Context())
		require.ErrorIs(t, err, nats.ErrNoServers)
		require.ErrorContains(t, err, "connection refused")
	})

	t.Run("shows no token", func(t *testing.T) {
		server := start(t)
		r, err := natsservice.New(natsservice.Config{URL: "nats://s3cr3t-%2540@" + server.Addr()})
		require.NoError(t, err)
		err = r.Start(t.Context())
		require.ErrorIs(t, err, nats.ErrAuthorization)
		realserver.NoSecret(t, err.Error())
	})
}

func TestStop(t *testing.T) {
	server := start(t)

	t.Run("waits until messages that have come are handled", func(t *testing.T) {
		r, err := natsservice.New(natsservice.Config{URL: server.NATSURL()})
		require.NoError(t, err)
		require.NoError(t, r.Start(t.Context()))
		began, release, handled := make(chan struct{}), make(chan struct{}), false
		_, err = r.Client().Subscribe("news", func(*nats.Msg) {
			close(began)
			<-release
			handled = true
		})
		require.NoError(t, err)
		require.NoError(t, r.Client().Publish("news", nil))
		<-began
		stopped := make(chan error, 1)
		go func() { stopped <- r.Stop(t.Context()) }()
		require.Eventually(t, func() bool { return r.IsReady(t.Context()) != nil }, time.Minute, time.Millisecond)
		close(release)
		require.NoError(t, <-stopped)
		require.True(t, handled)
	})

	t.Run("cuts the connection off when its context ends", func(t *testing.T) {
		r, err := natsservice.New(natsservice.Config{URL: server.NATSURL()})
		require.NoError(t, err)
		require.NoError(t, r.Start(t.Context()))
		began, release := make(chan struct{}), make(chan struct{})
		_, err = r.Client().Subscribe("news", func(*nats.Msg) { close(began); <-release })
		require.NoError(t, err)
		require.NoError(t, r.Client().Publish("news", nil))
		<-began
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		err = r.Stop(ctx)
		close(release)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "close: cut off: context deadline exceeded")
	})
}

type talking struct{ runner.Resource }

func newTalking(r *natsservice.Resource) *talking {
	return &talking{runner.NewResource("talking", func(context.Context) error { return r.Client().Publish("news", nil) }, r.IsReady)}
}

func TestModule(t *testing.T) {
	server := start(t)
	const name = `name:"events"`
	app := fxservicestest.New(t,
		fx.Supply(natsservice.Config{URL: server.NATSURL()}),
		fx.Supply(fx.Annotate(natsservice.Config{Name: "events", URL: server.NATSURL()}, fx.ResultTags(name))),
		natsservice.Module(),
		natsservice.Module(fxservices.Named("events"), runner.StartTimeout(time.Minute)),
		fxservices.Provide(newTalking),
		fx.Invoke(func(*talking) {}),
		fx.Invoke(fx.Annotate(func(r *natsservice.Resource) { require.Equal(t, "events", r.Name()) }, fx.ParamTags(name))),
	)
	app.RequireStart()
	app.RequireStop()
	require.Equal(t, []string{
		"start nats", "started nats", "start talking", "started talking", "start events", "started events",
		"stop events", "stopped events", "stop talking", "stopped talking", "stop nats", "stopped nats",
	}, app.Events())
}
