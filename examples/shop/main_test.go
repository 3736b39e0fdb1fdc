package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// programKey makes the test binary the program itself.
const programKey = "SHOP_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(programKey) != "" {
		main() // ends the process
	}
	goleak.VerifyTestMain(m)
}

// program is the shop in a process of its own.
type program struct {
	cmd           *exec.Cmd
	api, rpc, ops string
	output        sync.WaitGroup
}

var addresses = regexp.MustCompile(`curl -d book (\S+)/orders|grpcurl -plaintext (\S+) list|(\S+)/services`)

func start(t *testing.T, env ...string) *program {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGTERM")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	p := &program{cmd: exec.CommandContext(t.Context(), self)}
	p.cmd.Env = append(os.Environ(), programKey+"=1", "ADDR=127.0.0.1:0", "GRPC_ADDR=127.0.0.1:0", "ADMIN_ADDR=127.0.0.1:0",
		"GORACE=atexit_sleep_ms=0")
	p.cmd.Env = append(p.cmd.Env, env...)
	out, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Press") {
		if found := addresses.FindStringSubmatch(lines.Text()); found != nil {
			p.api, p.rpc, p.ops = p.api+found[1], p.rpc+found[2], p.ops+found[3]
		}
	}
	p.output.Go(func() { _, _ = io.Copy(io.Discard, out) })
	require.NotEmpty(t, p.ops, "the program has not become ready")
	return p
}

func (p *program) stop(t *testing.T) {
	t.Helper()
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	p.output.Wait()
	require.NoError(t, p.cmd.Wait())
}

// order orders a book, and returns the number of the order.
func (p *program) order(ctx context.Context) (id string, err error) {
	text, err := ask(ctx, http.MethodPost, p.api+"/orders")
	return strings.TrimPrefix(text, "order "), err
}

func ask(ctx context.Context, method, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader("book"))
	if err != nil {
		return "", err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", response.Status, body)
	}
	return strings.TrimSpace(string(body)), nil
}

func (p *program) requireShipped(t *testing.T, orders ...string) {
	t.Helper()
	left := slices.Clone(orders)
	require.Eventually(t, func() bool {
		left = slices.DeleteFunc(left, func(id string) bool {
			status, err := ask(t.Context(), http.MethodGet, p.api+"/orders/"+id)
			return err == nil && status == "shipped"
		})
		return len(left) == 0
	}, time.Minute, 5*time.Millisecond)
}

func TestShop(t *testing.T) {
	t.Run("ships an order, and tells over HTTP and gRPC", func(t *testing.T) {
		p := start(t, "DATA="+t.TempDir())
		id, err := p.order(t.Context())
		require.NoError(t, err)
		require.Equal(t, "1", id)
		p.requireShipped(t, id)
		client, err := grpc.NewClient(p.rpc, grpc.WithTransportCredentials(insecure.NewCredentials()))
		require.NoError(t, err)
		status := &wrapperspb.StringValue{}
		require.NoError(t, client.Invoke(t.Context(), "/shop.Orders/Status", wrapperspb.String(id), status))
		require.Equal(t, "shipped", status.GetValue())
		require.NoError(t, client.Close())
		_, err = ask(t.Context(), http.MethodGet, p.api+"/orders/other")
		require.EqualError(t, err, "404 Not Found: there is no such order\n")
		for path, want := range map[string]string{
			"/healthz?verbose": "[+]queue consumer ok", "/services": ">queue consumer</a>",
			"/metrics": `services_state{kind="server",service="grpc",state="ready"} 1`,
		} {
			text, err := ask(t.Context(), http.MethodGet, p.ops+path)
			require.NoError(t, err)
			require.Contains(t, text, want)
		}
		p.stop(t)
	})

	t.Run("loses nothing when it is stopped under load", func(t *testing.T) {
		data := "DATA=" + t.TempDir()
		p := start(t, data)
		var mu sync.Mutex
		var orders []string
		var failures []error
		var clients sync.WaitGroup
		for range 8 {
			clients.Go(func() {
				for {
					id, err := p.order(context.Background())
					mu.Lock()
					if err != nil {
						failures = append(failures, err)
						mu.Unlock()
						return
					}
					orders = append(orders, id)
					mu.Unlock()
				}
			})
		}
		require.Eventually(t, func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(orders) > 200
		}, time.Minute, time.Millisecond)
		p.stop(t)
		clients.Wait()
		for _, err := range failures {
			require.ErrorIs(t, err, syscall.ECONNREFUSED, "a request was taken and not answered")
		}
		again := start(t, data)
		again.requireShipped(t, orders...)
		again.stop(t)
	})
}
