//go:build unix

package kafkaservice_test

import (
	"context"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/contrib/kafkaservice"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

func TestMain(m *testing.M) {
	realserver.ServeSelf(func(addr string) error {
		_, port, err := net.SplitHostPort(addr)
		if err != nil {
			return err
		}
		number, err := strconv.Atoi(port)
		if err != nil {
			return err
		}
		cluster, err := newCluster(kfake.Ports(number), kfake.DataDir("data"), kfake.SyncWrites(), kfake.EnableSASL(), kfake.Superuser("PLAIN", realserver.User, realserver.Password))
		if err != nil {
			return err
		}
		end := make(chan os.Signal, 1)
		signal.Notify(end, syscall.SIGTERM)
		<-end
		cluster.Close()
		return nil
	})
	realserver.Consume(func(handle func(text string) error) ([]runner.Service, error) {
		r, err := kafkaservice.New(shipping(os.Getenv("BROKER"), quick...))
		if err != nil {
			return nil, err
		}
		c := kafkaservice.NewConsumer(r, func(_ context.Context, m kafkaservice.Message) error { return handle(string(m.Value)) }, consumer.Workers(8))
		return []runner.Service{r, c}, nil
	})
	goleak.VerifyTestMain(m)
}

// quick are options with which a member that was killed is soon noticed.
var quick = []kgo.Opt{kgo.SessionTimeout(2 * time.Second), kgo.HeartbeatInterval(200 * time.Millisecond)}

func newCluster(opts ...kfake.Opt) (*kfake.Cluster, error) {
	return kfake.NewCluster(append(opts, kfake.NumBrokers(1), kfake.SeedTopics(4, "orders"), kfake.GroupMinSessionTimeout(time.Second))...)
}

// start starts a cluster that is up until the test ends, and returns its broker.
func start(t *testing.T) string {
	t.Helper()
	cluster, err := newCluster()
	require.NoError(t, err)
	t.Cleanup(cluster.Close)
	return cluster.ListenAddrs()[0]
}

func shipping(broker string, opts ...kgo.Opt) kafkaservice.Config {
	return kafkaservice.Config{Brokers: []string{broker}, Group: "shipping", Topics: []string{"orders"}, Options: opts}
}

// newResource logs in with "password@host:port".
func newResource(login string) (runner.Resource, error) {
	password, broker, _ := strings.Cut(login, "@")
	return kafkaservice.New(kafkaservice.Config{Brokers: []string{broker}, Options: []kgo.Opt{
		kgo.SASL(plain.Auth{User: realserver.User, Pass: password}.AsMechanism()), kgo.MetadataMinAge(10 * time.Millisecond),
	}})
}

func started(t *testing.T, config kafkaservice.Config) *kafkaservice.Resource {
	t.Helper()
	r, err := kafkaservice.New(config)
	require.NoError(t, err)
	require.NoError(t, r.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, r.Stop(context.Background())) })
	return r
}

func publish(ctx context.Context, kafka *kgo.Client, texts ...string) error {
	records := make([]*kgo.Record, len(texts))
	for i, text := range texts {
		records[i] = &kgo.Record{Topic: "orders", Key: []byte(text), Value: []byte(text)}
	}
	return kafka.ProduceSync(ctx, records...).FirstErr()
}
