package grpcservice_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"

	"github.com/go-fxservices/services/contrib/grpcservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/fxservices/fxservicestest"
	"github.com/go-fxservices/services/runner"
)

const (
	serving    = "SERVING"
	notServing = "NOT_SERVING"
	closing    = "rpc error: code = Unavailable desc = the server is closing"
)

func check(t *testing.T, client *grpc.ClientConn, service string) string {
	t.Helper()
	got, err := healthpb.NewHealthClient(client).Check(t.Context(), &healthpb.HealthCheckRequest{Service: service})
	if err != nil {
		return status.Code(err).String()
	}
	return got.GetStatus().String()
}

func TestHealth(t *testing.T) {
	t.Run("is that of the server and of each service, and does not hold up a Close", func(t *testing.T) {
		s := newServer((&echo{}).register)
		client, closed := listen(t, s)
		for service, want := range map[string]string{"": serving, "test.Echo": serving, "other": "NotFound"} {
			require.Equal(t, want, check(t, client, service))
		}
		all, err := healthpb.NewHealthClient(client).List(t.Context(), &healthpb.HealthListRequest{})
		require.NoError(t, err)
		require.Len(t, all.GetStatuses(), 2)
		watched, unknown := watch(t.Context(), t, client, "test.Echo"), watch(t.Context(), t, client, "other")
		require.Equal(t, serving, <-watched)
		require.Equal(t, "SERVICE_UNKNOWN", <-unknown)
		done := make(chan error, 1)
		go func() { done <- s.Close(context.Background()) }()
		require.Equal(t, notServing, <-watched)
		require.Equal(t, closing, <-watched)
		require.Equal(t, closing, <-unknown)
		require.NoError(t, <-done)
		require.NoError(t, closed())
		_, open := <-watched
		_, alsoOpen := <-unknown
		require.False(t, open || alsoOpen)
	})

	t.Run("may be a service of the user", func(t *testing.T) {
		s := newServer(func(r grpc.ServiceRegistrar) { healthpb.RegisterHealthServer(r, &healthpb.UnimplementedHealthServer{}) })
		client, closed := listen(t, s)
		require.Equal(t, codes.Unimplemented.String(), check(t, client, ""))
		require.NoError(t, s.Close(t.Context()))
		require.NoError(t, closed())
	})

	t.Run("says that the server does not serve from the first moment of a drain", func(t *testing.T) {
		s := newServer((&echo{}).register)
		r := runner.NewRunner(runner.WithSignals(), runner.WithDrainDelay(time.Second))
		require.NoError(t, r.Start(t.Context(), s))
		client := dial(t, s.Addr().String())
		watched := watch(t.Context(), t, client, "")
		require.Equal(t, serving, <-watched)
		finished := make(chan error, 1)
		go func() { finished <- r.Finish(context.Background()) }()
		require.Equal(t, notServing, <-watched)
		_, err := call(t.Context(), client, "it still answers")
		require.NoError(t, err)
		require.Equal(t, closing, <-watched)
		require.NoError(t, <-finished)
	})
}

func TestReflection(t *testing.T) {
	for on, want := range map[bool]codes.Code{true: codes.OK, false: codes.Unimplemented} {
		s := grpcservice.New(grpcservice.Config{Addr: "127.0.0.1:0", Reflection: on})
		client, closed := listen(t, s)
		stream, err := reflectionpb.NewServerReflectionClient(client).ServerReflectionInfo(t.Context())
		require.NoError(t, err)
		_ = stream.Send(&reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}})
		_, err = stream.Recv()
		require.Equal(t, want, status.Code(err))
		require.NoError(t, stream.CloseSend())
		require.NoError(t, s.Close(t.Context()))
		require.NoError(t, closed())
	}
}

// slow keeps the application from being ready.
type slow struct {
	runner.Server
	release chan struct{}
}

// IsReady implements runner.ReadyChecker.
func (s *slow) IsReady(ctx context.Context) error {
	select {
	case <-s.release:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestModule(t *testing.T) {
	t.Run("serves what the group registers, healthy only while the application is ready", func(t *testing.T) {
		release := make(chan struct{})
		var api, internal *grpcservice.Server
		const name = `name:"internal"`
		newSlow := func(*grpcservice.Server) *slow {
			return &slow{runner.NewServer("slow", func(ctx context.Context) error { <-ctx.Done(); return nil }, nil), release}
		}
		app := fxservicestest.New(t,
			fx.Supply(grpcservice.Config{Addr: "127.0.0.1:0"}),
			fx.Supply(fx.Annotate(grpcservice.Config{Name: "internal", Addr: "127.0.0.1:0"}, fx.ResultTags(name))),
			grpcservice.Module(runner.StartTimeout(time.Minute)),
			grpcservice.Module(fxservices.Named("internal")),
			fx.Provide(fx.Annotate(func() func(grpc.ServiceRegistrar) { return (&echo{}).register }, fx.ResultTags(`group:"grpc"`))),
			fxservices.Provide(newSlow),
			fx.Populate(&api), fx.Populate(fx.Annotate(&internal, fx.ParamTags(name))),
		)
		started := make(chan struct{})
		go func() { defer close(started); app.RequireStart() }()
		require.Eventually(t, func() bool { return api.Addr() != nil }, time.Minute, time.Millisecond)
		client := dial(t, api.Addr().String())
		watched := watch(t.Context(), t, client, "test.Echo")
		require.Equal(t, notServing, <-watched)
		close(release)
		require.Equal(t, serving, <-watched)
		<-started
		require.Equal(t, "NotFound", check(t, dial(t, internal.Addr().String()), "test.Echo"))
		stopped := make(chan struct{})
		go func() { defer close(stopped); app.RequireStop() }()
		require.Equal(t, notServing, <-watched)
		require.Equal(t, closing, <-watched)
		<-stopped
		_, open := <-watched
		require.False(t, open)
	})

	t.Run("says that it does not serve from the first moment of a drain, and serves", func(t *testing.T) {
		var s *grpcservice.Server
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		ready := make(chan struct{})
		go func() {
			ended <- fxservices.Run(ctx, fx.NopLogger, fx.Supply(grpcservice.Config{Addr: "127.0.0.1:0"}), grpcservice.Module(),
				fx.Provide(fx.Annotate(func() func(grpc.ServiceRegistrar) { return (&echo{}).register }, fx.ResultTags(`group:"grpc"`))),
				fx.Populate(&s), fxservices.Module(fxservices.DrainDelay(time.Second), fxservices.WithRunner(runner.WithSignals())),
				fx.Invoke(func(r *runner.Runner) { go func() { <-r.Ready(); close(ready) }() }))
		}()
		<-ready
		client := dial(t, s.Addr().String())
		watched := watch(t.Context(), t, client, "test.Echo")
		require.Equal(t, serving, <-watched)
		cancel()
		require.Equal(t, notServing, <-watched)
		require.Equal(t, notServing, check(t, client, ""))
		_, err := call(t.Context(), client, "still served")
		require.NoError(t, err)
		require.Equal(t, closing, <-watched)
		require.ErrorIs(t, <-ended, context.Canceled)
		_, open := <-watched
		require.False(t, open)
	})

	t.Run("refuses a Config that is not valid", func(t *testing.T) {
		err := fx.New(fx.NopLogger, fx.Supply(grpcservice.Config{Addr: "9090"}), grpcservice.Module(), fxservices.Module()).Err()
		require.ErrorContains(t, err, "grpcservice.Config: Addr: address 9090: missing port")
	})
}
