//go:build unix

package sqsservice_test

import (
	"context"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/sqsservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/fxservices/fxservicestest"
	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

func TestContract(t *testing.T) {
	_, endpoint := start(t)
	runnertest.TestResource(t, func(t *testing.T) runner.Resource {
		r, err := sqsservice.New(queue(endpoint, 0))
		require.NoError(t, err)
		return r
	})
}

func TestFaults(t *testing.T) {
	address := func(s *realserver.Server) string { return realserver.Password + "@" + s.Addr() }
	realserver.Faults(t, realserver.Kind{Server: realserver.Self, Address: address, New: newResource})
}

func TestConfig(t *testing.T) {
	const url = "https://sqs.eu-west-1.amazonaws.com/1/orders"
	for want, c := range map[string]sqsservice.Config{
		"QueueURL: it must be given":                                  {},
		`QueueURL: "orders" is not a URL with a host`:                 {QueueURL: "orders"},
		`Endpoint: "localhost" is not a URL with a host`:              {QueueURL: url, Endpoint: "localhost"},
		"WaitTime: it must be whole seconds, at most 20s, got 21s":    {QueueURL: url, WaitTime: 21 * time.Second},
		"WaitTime: it must be whole seconds, at most 20s, got 1ms":    {QueueURL: url, WaitTime: time.Millisecond},
		"VisibilityTimeout: it must be whole seconds, at most 12h0m0": {QueueURL: url, VisibilityTimeout: -time.Second},
	} {
		err := c.Validate()
		require.ErrorContains(t, err, "sqsservice.Config: "+want)
		_, newErr := sqsservice.New(c)
		require.Equal(t, err.Error(), newErr.Error())
	}
	r, err := sqsservice.New(sqsservice.Config{Name: "orders", QueueURL: url})
	require.NoError(t, err)
	require.Equal(t, "orders", r.Name())

	t.Run("needs a region", func(t *testing.T) {
		t.Setenv("AWS_REGION", "")
		_, err := sqsservice.New(sqsservice.Config{QueueURL: url})
		require.EqualError(t, err, "sqsservice.Config: Region: it must be given, or AWS_REGION must be set")
	})
}

func TestStart(t *testing.T) {
	t.Run("says that the queue does not exist", func(t *testing.T) {
		_, endpoint := start(t)
		r, err := sqsservice.New(sqsservice.Config{QueueURL: endpoint + "/1/other", Endpoint: endpoint})
		require.NoError(t, err)
		err = r.Start(t.Context())
		var missing *types.QueueDoesNotExist
		require.ErrorAs(t, err, &missing)
		require.ErrorContains(t, err, "ask for the queue: ")
	})

	t.Run("trusts the certificates of AWS_CA_BUNDLE", func(t *testing.T) {
		server := httptest.NewTLSServer(newFake(realserver.Password))
		defer server.Close()
		file := filepath.Join(t.TempDir(), "ca.pem")
		certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
		require.NoError(t, os.WriteFile(file, certificate, 0o600))
		t.Setenv("AWS_CA_BUNDLE", file)
		r, err := sqsservice.New(queue(server.URL, 0))
		require.NoError(t, err)
		require.NoError(t, r.Start(t.Context()))
		require.NoError(t, r.Stop(t.Context()))
	})

	t.Run("says that AWS_CA_BUNDLE cannot be used", func(t *testing.T) {
		_, endpoint := start(t)
		t.Setenv("AWS_CA_BUNDLE", filepath.Join(t.TempDir(), "missing.pem"))
		_, err := sqsservice.New(queue(endpoint, 0))
		require.ErrorIs(t, err, os.ErrNotExist)
	})
}

type talking struct{ runner.Resource }

func newTalking(r *sqsservice.Resource, _ *sqs.Client) *talking {
	return &talking{runner.NewResource("talking", r.IsReady, func(ctx context.Context) error { return r.IsHealthy(ctx) })}
}

func TestModule(t *testing.T) {
	_, endpoint := start(t)
	const name = `name:"events"`
	second := queue(endpoint, 0)
	second.Name = "events"
	app := fxservicestest.New(t,
		fx.Supply(queue(endpoint, 0)), fx.Supply(fx.Annotate(second, fx.ResultTags(name))),
		sqsservice.Module(),
		sqsservice.Module(fxservices.Named("events"), runner.StartTimeout(time.Minute)),
		fxservices.Provide(newTalking),
		fx.Invoke(func(*talking) {}),
		fx.Invoke(fx.Annotate(func(c *sqs.Client, r *sqsservice.Resource) { require.Same(t, c, r.Client()) }, fx.ParamTags(name, name))),
	)
	app.RequireStart()
	app.RequireStop()
	require.Equal(t, []string{
		"start sqs", "started sqs", "start talking", "started talking", "start events", "started events",
		"stop events", "stopped events", "stop talking", "stopped talking", "stop sqs", "stopped sqs",
	}, app.Events())
}
