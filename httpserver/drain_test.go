package httpserver_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

// drainDelay is plenty for the requests that are sent while it lasts.
const drainDelay = 500 * time.Millisecond

// program runs a server until a signal, with a drain delay.
type program func(ctx context.Context, delay time.Duration, server runner.Server, opts ...runner.StarterOption) error

func TestDrain(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]program{
		"of Run loses no request":              running,
		"of Start and Finish loses no request": starting,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireNoLoss(t, run)
		})
	}
	for name, run := range map[string]program{
		"of Run asks clients to leave, with every version of HTTP":              running,
		"of Start and Finish asks clients to leave, with every version of HTTP": starting,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireAskedToLeave(t, run)
		})
	}
}

func running(ctx context.Context, delay time.Duration, server runner.Server, opts ...runner.StarterOption) error {
	r := runner.NewRunner(append(opts, runner.WithDrainDelay(delay))...)
	return errors.Join(r.Run(ctx, server), r.Finish(ctx))
}

func starting(ctx context.Context, delay time.Duration, server runner.Server, opts ...runner.StarterOption) error {
	r := runner.NewRunner(append(opts, runner.WithDrainDelay(delay))...)
	if err := r.Start(ctx, server); err != nil {
		return err
	}
	return errors.Join(r.Wait(ctx), r.Finish(ctx))
}

// requireNoLoss sends requests to a server until it is told to drain, and some more,
// as a load balancer does. Others are in flight until the server closes.
func requireNoLoss(t *testing.T, run program) {
	t.Helper()
	b := newBalancer()
	handling := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /soon", hello)
	mux.HandleFunc("GET /late", func(w http.ResponseWriter, r *http.Request) {
		handling <- struct{}{}
		<-httpserver.Closing(r.Context())
		hello(w, r)
	})
	server := newServer(mux.ServeHTTP)
	ended := async(func() error { return run(context.Background(), drainDelay, server, b.options()...) })
	require.NoError(t, either(b.ready, ended))

	target := url(server)
	kept := newClient(t)
	fresh := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	require.Equal(t, "hello", get(kept, target+"/soon"), "the next request finds a connection")
	var late, soon []<-chan error
	for _, client := range []*http.Client{kept, fresh} {
		result := async(func() error { return request(client, target+"/late") })
		require.NoError(t, either(handling, result))
		late = append(late, result)
	}
	for _, client := range []*http.Client{newClient(t), newClient(t), fresh, fresh} {
		result := async(func() error { return b.send(client, target+"/soon") })
		require.NoError(t, either(b.warm, result))
		soon = append(soon, result)
	}
	b.signals <- syscall.SIGTERM

	for _, result := range append(soon, late...) {
		require.NoError(t, <-result)
	}
	require.NoError(t, <-ended)
	require.EqualError(t, server.IsReady(t.Context()), "not listening")
}

// requireAskedToLeave finds that the first answer in a drain ends the connection of the client. The drain ends with a second
// signal, and not before.
func requireAskedToLeave(t *testing.T, run program) {
	t.Helper()
	for _, v := range versions {
		b, closed := newBalancer(), make(chan string, 10)
		server := v.newServer(from, closedConns(closed))
		ended := async(func() error { return run(context.Background(), time.Hour, server, b.options()...) })
		require.NoError(t, either(b.ready, ended))
		client, target := v.newClient(t), v.url(server)
		kept := get(client, target)
		require.Equal(t, kept, get(client, target))
		b.signals <- syscall.SIGTERM
		require.NoError(t, either(b.draining, ended))
		require.Equal(t, kept, get(client, target))
		require.Equal(t, kept, <-closed)
		require.NotEqual(t, kept, get(client, target))
		b.signals <- syscall.SIGTERM
		var second *runner.SignalError
		require.ErrorAs(t, <-ended, &second)
	}
}

// either waits for an event, or for the result that comes instead.
func either(event <-chan struct{}, result <-chan error) error {
	select {
	case <-event:
		return nil
	case err := <-result:
		return fmt.Errorf("it ended: %w", err)
	}
}

// balancer knows of a server only whether it is ready.
type balancer struct {
	ready, draining chan struct{}
	warm            chan struct{} // gets one for each client once it sends requests
	signals         chan os.Signal
}

func newBalancer() *balancer {
	return &balancer{make(chan struct{}), make(chan struct{}), make(chan struct{}), make(chan os.Signal, 1)}
}

func (b *balancer) options() []runner.StarterOption {
	return []runner.StarterOption{
		runner.WithObserver(observers.Funcs{OnStateChanged: b.stateChanged}),
		runner.WithListenerBuilder(func() runner.Listener { return signals(b.signals) }),
	}
}

func (b *balancer) stateChanged(_ context.Context, state runner.State) {
	switch state {
	case runner.StateReady:
		close(b.ready)
	case runner.StateDraining:
		close(b.draining)
	}
}

// send sends one request after the other, and some after the server drains: a
// balancer is late to learn of that. It returns the first failure.
func (b *balancer) send(client *http.Client, target string) error {
	const early, late = 5, 5
	sent, left := 0, late
	for left > 0 {
		if err := request(client, target); err != nil {
			return fmt.Errorf("request %d: %w", sent, err)
		}
		if sent++; sent == early {
			b.warm <- struct{}{}
		}
		select {
		case <-b.draining:
			left--
		default:
		}
	}
	return nil
}

// request returns an error unless the answer is whole.
func request(client *http.Client, target string) error {
	if answer := get(client, target); answer != "hello" {
		return fmt.Errorf("answered %q", answer)
	}
	return nil
}

// signals is a Listener that is told what to hear.
type signals chan os.Signal

func (s signals) Receive() <-chan os.Signal { return s }
func (s signals) Stop()                     {}
