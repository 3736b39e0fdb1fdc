//go:build unix

package kafkaservice_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/kafkaservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/fxservices/fxservicestest"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

func TestContract(t *testing.T) {
	broker := start(t)
	runnertest.TestResource(t, func(t *testing.T) runner.Resource {
		r, err := kafkaservice.New(kafkaservice.Config{Brokers: []string{broker}})
		require.NoError(t, err)
		return r
	})
}

func TestFaults(t *testing.T) {
	produce := func(ctx context.Context, r runner.Resource) error {
		kafka, _ := runner.As[*kafkaservice.Resource](r)
		return publish(ctx, kafka.Client(), "a")
	}
	address := func(s *realserver.Server) string { return realserver.Password + "@" + s.Addr() }
	realserver.Faults(t, realserver.Kind{Server: realserver.Self, Address: address, New: newResource, Use: produce})
}

func TestConfig(t *testing.T) {
	brokers := []string{"localhost:9092"}
	for want, c := range map[string]kafkaservice.Config{
		"Brokers: at least one must be given":          {},
		"Brokers: address localhost: missing port":     {Brokers: []string{"localhost"}},
		"Group: it must be given, because Topics are":  {Brokers: brokers, Topics: []string{"orders"}},
		"Topics: they must be given, because Group is": {Brokers: brokers, Group: "shipping"},
		"Topics: one is empty":                         {Brokers: brokers, Group: "shipping", Topics: []string{""}},
		"Options: ":                                    {Brokers: brokers, Options: []kgo.Opt{kgo.MaxBufferedRecords(-1)}},
	} {
		err := c.Validate()
		require.ErrorContains(t, err, "kafkaservice.Config: "+want)
		_, newErr := kafkaservice.New(c)
		require.Equal(t, err.Error(), newErr.Error())
	}
	r, err := kafkaservice.New(kafkaservice.Config{Name: "events", Brokers: brokers})
	require.NoError(t, err)
	require.Equal(t, "events", r.Name())
}

func TestStop(t *testing.T) {
	broker := start(t)

	t.Run("sends what has been produced", func(t *testing.T) {
		r, err := kafkaservice.New(kafkaservice.Config{Brokers: []string{broker}, Options: []kgo.Opt{kgo.ProducerLinger(time.Minute)}})
		require.NoError(t, err)
		require.NoError(t, r.Start(t.Context()))
		produced := make(chan error, 1)
		r.Client().Produce(t.Context(), &kgo.Record{Topic: "orders", Value: []byte("a")}, func(_ *kgo.Record, err error) { produced <- err })
		require.NoError(t, r.Stop(t.Context()))
		require.NoError(t, <-produced)
	})

	t.Run("says how many records could not be sent", func(t *testing.T) {
		r, err := kafkaservice.New(kafkaservice.Config{Brokers: []string{broker}})
		require.NoError(t, err)
		require.NoError(t, r.Start(t.Context()))
		produced := make(chan error, 1)
		r.Client().Produce(t.Context(), &kgo.Record{Topic: "missing", Value: []byte("a")}, func(_ *kgo.Record, err error) { produced <- err })
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err = r.Stop(ctx)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorContains(t, err, "records that were not sent: 1")
		require.Error(t, <-produced)
	})
}

type talking struct{ runner.Resource }

func newTalking(kafka *kgo.Client) *talking {
	return &talking{runner.NewResource("talking", kafka.Ping, kafka.Ping)}
}

func TestModule(t *testing.T) {
	broker := start(t)
	const name = `name:"events"`
	app := fxservicestest.New(t,
		fx.Supply(kafkaservice.Config{Brokers: []string{broker}}),
		fx.Supply(fx.Annotate(kafkaservice.Config{Name: "events", Brokers: []string{broker}}, fx.ResultTags(name))),
		kafkaservice.Module(),
		kafkaservice.Module(fxservices.Named("events"), runner.StartTimeout(time.Minute)),
		fxservices.Provide(newTalking),
		fx.Invoke(func(*talking) {}),
		fx.Invoke(fx.Annotate(func(k *kgo.Client, r *kafkaservice.Resource) { require.Same(t, k, r.Client()) }, fx.ParamTags(name, name))),
	)
	app.RequireStart()
	app.RequireStop()
	require.Equal(t, []string{
		"start kafka", "started kafka", "start talking", "started talking", "start events", "started events",
		"stop events", "stopped events", "stop talking", "stopped talking", "stop kafka", "stopped kafka",
	}, app.Events())
}
