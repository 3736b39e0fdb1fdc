//go:build unix

package amqpservice_test

import (
	"context"
	"testing"
	"time"

	"github.com/rabbitmq/amqp091-go"
	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/amqpservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/fxservices/fxservicestest"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

func newResource(url string) (runner.Resource, error) {
	return amqpservice.New(amqpservice.Config{URL: url})
}

func TestFaults(t *testing.T) {
	channel := func(_ context.Context, r runner.Resource) error {
		server, _ := runner.As[*amqpservice.Resource](r)
		channel, err := server.Client().Channel()
		if err != nil {
			return err
		}
		return channel.Close()
	}
	realserver.Faults(t, realserver.Kind{Server: realserver.RabbitMQ, Address: (*realserver.Server).AMQPURL, New: newResource, Use: channel})
}

func TestConfig(t *testing.T) {
	const url = "amqp://app:s3cr3t-%2540@localhost:5672/"
	for want, c := range map[string]amqpservice.Config{
		"URL: it must be given":                    {},
		"URL: it is not a URL":                     {URL: "amqp://app:s3cr3t-%2540@localhost:port/"},
		"URL: AMQP scheme must be":                 {URL: "http://app:s3cr3t-%2540@localhost/"},
		"Prefetch: it must not be negative, got -": {URL: url, Prefetch: -1},
	} {
		err := c.Validate()
		require.ErrorContains(t, err, "amqpservice.Config: "+want)
		realserver.NoSecret(t, err.Error())
		_, newErr := amqpservice.New(c)
		require.Equal(t, err.Error(), newErr.Error())
	}
	r, err := amqpservice.New(amqpservice.Config{URL: url, Name: "events"})
	require.NoError(t, err)
	require.Equal(t, "events", r.Name())
	require.Nil(t, r.Client())
}

func TestResource(t *testing.T) {
	server := start(t)
	url := server.AMQPURL()

	t.Run("keeps the contract", func(t *testing.T) {
		runnertest.TestResource(t, func(t *testing.T) runner.Resource {
			r, err := newResource(url)
			require.NoError(t, err)
			return r
		})
	})

	t.Run("has another connection when the server has closed one", func(t *testing.T) {
		r := started(t, amqpservice.Config{URL: url})
		first := r.Client()
		closed := first.NotifyClose(make(chan *amqp091.Error, 1))
		server.Kill()
		<-closed
		require.Eventually(t, func() bool { return r.IsHealthy(t.Context()) != nil }, time.Minute, time.Millisecond)
		require.ErrorContains(t, r.IsHealthy(t.Context()), "ping: the connection is lost")
		server.Restart()
		require.Eventually(t, func() bool { return r.IsHealthy(t.Context()) == nil }, time.Minute, 10*time.Millisecond)
		require.NotSame(t, first, r.Client())
	})

	t.Run("is healthy though a queue is missing", func(t *testing.T) {
		r := started(t, amqpservice.Config{URL: url, Queue: "missing"})
		c := amqpservice.NewConsumer(r, nothing)
		err := c.Listen(t.Context())
		require.ErrorContains(t, err, `queue "missing": Exception (404)`)
		var refused *amqp091.Error
		require.ErrorAs(t, err, &refused)
		require.NoError(t, c.Close(t.Context()))
		require.NoError(t, r.IsHealthy(t.Context()))
	})

	t.Run("is one that fx starts and stops", func(t *testing.T) {
		const name = `name:"events"`
		app := fxservicestest.New(t,
			fx.Supply(amqpservice.Config{URL: url}),
			fx.Supply(fx.Annotate(amqpservice.Config{Name: "events", URL: url}, fx.ResultTags(name))),
			amqpservice.Module(),
			amqpservice.Module(fxservices.Named("events"), runner.StartTimeout(time.Minute)),
			fxservices.Provide(newTalking),
			fx.Invoke(func(*talking) {}),
			fx.Invoke(fx.Annotate(func(r *amqpservice.Resource) { require.Equal(t, "events", r.Name()) }, fx.ParamTags(name))),
		)
		app.RequireStart()
		app.RequireStop()
		require.Equal(t, []string{
			"start amqp", "started amqp", "start talking", "started talking", "start events", "started events",
			"stop events", "stopped events", "stop talking", "stopped talking", "stop amqp", "stopped amqp",
		}, app.Events())
	})
}

type talking struct{ runner.Resource }

func newTalking(r *amqpservice.Resource) *talking {
	return &talking{runner.NewResource("talking", r.IsReady, r.IsReady)}
}

func nothing(context.Context, amqpservice.Message) error { return nil }
