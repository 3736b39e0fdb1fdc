//go:build unix

// Package newcomer follows docs/getting-started.md, as somebody does who has an empty folder and knows nothing else.
package newcomer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/realserver"
	"github.com/go-fxservices/services/internal/testing/release"
)

const version = "v0.99.0"

// program returns the program of the page.
func program(t *testing.T, root string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "docs", "getting-started.md"))
	require.NoError(t, err)
	_, after, found := strings.Cut(string(page), "```go\n")
	require.True(t, found)
	text, _, found := strings.Cut(after, "```\n")
	require.True(t, found)
	return text
}

func ask(ctx context.Context, method, url, body string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(response.Body)
	return strings.TrimSpace(string(text)), errors.Join(err, response.Body.Close())
}

func TestNewcomer(t *testing.T) {
	postgres, cache := realserver.Postgres(t), realserver.Redis(t)
	here, err := os.Getwd()
	require.NoError(t, err)
	root, env, err := release.Publish(t.Context(), here, version, t.TempDir())
	require.NoError(t, err)

	folder := filepath.Join(t.TempDir(), "orders")
	require.NoError(t, os.Mkdir(folder, 0o750))
	shell := func(line string) *exec.Cmd {
		words := strings.Fields(line)
		cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
		cmd.Dir, cmd.Env = folder, env
		return cmd
	}
	run := func(line string) {
		output, err := shell(line).CombinedOutput()
		require.NoError(t, err, "%s: %s", line, output)
	}
	run("go mod init example.com/orders")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "main.go"), []byte(program(t, root)), 0o600))
	run("go mod tidy")
	run("go build -o orders .") // `go run .` does not pass signals on

	api, ops := realserver.FreeAddr(t), realserver.FreeAddr(t)
	service := shell(filepath.Join(folder, "orders"))
	service.Env = append(service.Env, "DATABASE_URL="+postgres.PostgresURL(), "REDIS_URL="+cache.RedisURL(), "ADDR="+api, "ADMIN_ADDR="+ops,
		"GRPC_ADDR="+realserver.FreeAddr(t))
	var output bytes.Buffer
	service.Stdout, service.Stderr = &output, &output
	require.NoError(t, service.Start())
	answers := func(method, url, body, want string) {
		t.Helper()
		require.Eventually(t, func() bool {
			text, err := ask(t.Context(), method, "http://"+url, body)
			return err == nil && strings.Contains(text, want)
		}, time.Minute, 20*time.Millisecond, "%s should answer %q", url, want)
	}
	answers(http.MethodGet, ops+"/livez", "", "ok") // while it waits for the database
	answers(http.MethodGet, ops+"/readyz", "", "[-]state failed: starting")
	postgres.Start()
	cache.Start()
	answers(http.MethodGet, ops+"/readyz?verbose", "", "readyz check passed")
	answers(http.MethodPost, api+"/orders", "book", "1")
	answers(http.MethodGet, api+"/orders/1/shipped", "", "yes")
	answers(http.MethodGet, ops+"/metrics", "", `services_application_state{state="ready"} 1`)
	answers(http.MethodGet, ops+"/services", "", ">postgres</a>")

	realserver.NoSecret(t, pages(t, ops))

	require.NoError(t, service.Process.Signal(syscall.SIGTERM))
	require.NoError(t, service.Wait())
	text := output.String()
	for _, want := range []string{"retrying service", "application ready", "application stopped"} {
		require.Contains(t, text, want)
	}
	realserver.NoSecret(t, text)

	t.Run("shows no password of a login that is refused", func(t *testing.T) {
		url := strings.ReplaceAll(postgres.PostgresURL(), realserver.PasswordInURL, realserver.WrongPassword)
		refused := shell(filepath.Join(folder, "orders"))
		refused.Env = append(refused.Env, "DATABASE_URL="+url, "REDIS_URL="+cache.RedisURL(), "ADDR="+api, "ADMIN_ADDR="+ops)
		var output bytes.Buffer
		refused.Stdout, refused.Stderr = &output, &output
		require.NoError(t, refused.Start())
		answers(http.MethodGet, ops+"/services", "", ">postgres</a>")
		answers(http.MethodGet, ops+"/metrics", "", `services_start_attempts_total{result="error",service="postgres"}`)
		shown := pages(t, ops)
		require.NoError(t, refused.Process.Signal(syscall.SIGTERM))
		require.Error(t, refused.Wait(), "a start that is cancelled is none")
		require.Contains(t, output.String(), "password authentication failed")
		realserver.NoSecret(t, shown+output.String())
	})
}

// pages returns what the endpoints of operations show.
func pages(t *testing.T, ops string) (all string) {
	t.Helper()
	for _, path := range []string{
		"/", "/livez?verbose", "/readyz?verbose", "/healthz?verbose", "/startupz?verbose", "/services", "/services?stacks=postgres", "/metrics",
	} {
		text, err := ask(t.Context(), http.MethodGet, "http://"+ops+path, "")
		require.NoError(t, err)
		all += text
	}
	return all
}
