package grpcservice_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/go-fxservices/services/contrib/grpcservice"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	say    = "/test.Echo/Say"
	follow = "/test.Echo/Follow"
)

// echo is a service. The functions are called by its methods; by default they answer at once.
type echo struct {
	say    func(ctx context.Context) error
	follow func(ctx context.Context) error
}

func (e *echo) register(r grpc.ServiceRegistrar) { r.RegisterService(e.desc("test.Echo"), e) }

func (e *echo) desc(name string) *grpc.ServiceDesc {
	return &grpc.ServiceDesc{
		ServiceName: name,
		HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{{
			MethodName: "Say",
			Handler: func(_ any, ctx context.Context, decode func(any) error, interceptor grpc.UnaryServerInterceptor) (any, error) {
				in := &wrapperspb.StringValue{}
				if err := decode(in); err != nil {
					return nil, err
				}
				handler := func(ctx context.Context, in any) (any, error) {
					if e.say == nil {
						return in, nil
					}
					return in, e.say(ctx)
				}
				return interceptor(ctx, in, &grpc.UnaryServerInfo{Server: e, FullMethod: say}, handler)
			},
		}},
		Streams: []grpc.StreamDesc{{
			StreamName: "Follow", ServerStreams: true,
			Handler: func(_ any, stream grpc.ServerStream) error {
				if err := stream.SendMsg(wrapperspb.String("hello")); err != nil || e.follow == nil {
					return err
				}
				return e.follow(stream.Context())
			},
		}},
	}
}

func newServer(register ...func(grpc.ServiceRegistrar)) *grpcservice.Server {
	return grpcservice.New(grpcservice.Config{Addr: "127.0.0.1:0"}, register...)
}

// listen lets a server listen. Closed returns what Listen has returned.
func listen(t *testing.T, s *grpcservice.Server) (client *grpc.ClientConn, closed func() error) {
	t.Helper()
	listened := make(chan error, 1)
	go func() { listened <- s.Listen(context.Background()) }()
	require.Eventually(t, func() bool { return s.IsReady(t.Context()) == nil }, time.Minute, time.Millisecond)
	return dial(t, s.Addr().String()), func() error { return <-listened }
}

func dial(t *testing.T, addr string) *grpc.ClientConn {
	t.Helper()
	client, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

// call says something, and returns what the server answers.
func call(ctx context.Context, client *grpc.ClientConn, text string) (string, error) {
	out := &wrapperspb.StringValue{}
	err := client.Invoke(ctx, say, wrapperspb.String(text), out)
	return out.GetValue(), err
}

// open opens a stream, of which one message has come.
func open(ctx context.Context, t *testing.T, client *grpc.ClientConn) grpc.ClientStream {
	t.Helper()
	stream, err := client.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, follow)
	require.NoError(t, err)
	require.NoError(t, stream.SendMsg(wrapperspb.String("")))
	require.NoError(t, stream.CloseSend())
	require.NoError(t, stream.RecvMsg(&wrapperspb.StringValue{}))
	return stream
}

// watch returns the status as it changes. The channel is closed when the stream ends.
func watch(ctx context.Context, t *testing.T, client *grpc.ClientConn, service string) <-chan string {
	t.Helper()
	stream, err := healthpb.NewHealthClient(client).Watch(ctx, &healthpb.HealthCheckRequest{Service: service})
	require.NoError(t, err)
	statuses := make(chan string)
	go func() {
		defer close(statuses)
		for {
			got, err := stream.Recv()
			if err != nil {
				if !errors.Is(err, io.EOF) {
					statuses <- err.Error()
				}
				return
			}
			statuses <- got.GetStatus().String()
		}
	}()
	return statuses
}
