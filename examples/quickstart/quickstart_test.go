package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

const anyPort = "ADDR=127.0.0.1:0"

// client keeps no connections, which would outlive a test.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func shorten(t *testing.T, url, long string) Link {
	t.Helper()
	response, err := client.Post(url+"/links", "application/json", strings.NewReader(fmt.Sprintf(`{"url": %q}`, long)))
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusCreated, response.StatusCode)
	return decode[Link](t, response.Body)
}

func fetch[T any](t *testing.T, url string) T {
	t.Helper()
	response, err := client.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
	return decode[T](t, response.Body)
}

func TestProgram(t *testing.T) {
	t.Run("keeps links when it is started again", func(t *testing.T) {
		dir := t.TempDir()
		first := launch(t, dir, anyPort)
		link := shorten(t, first.url(t), "https://go.dev")
		require.Equal(t, link, fetch[Link](t, first.url(t)+"/links/"+link.ID))
		first.stop(t, os.Interrupt)
		require.FileExists(t, filepath.Join(dir, "links.db"))

		second := launch(t, dir, anyPort, "DATABASE_URL=sqlite:links.db")
		require.Equal(t, link, fetch[Link](t, second.url(t)+"/links/"+link.ID))
		newer := shorten(t, second.url(t), "https://pkg.go.dev")
		require.Equal(t, []Link{newer, link}, fetch[[]Link](t, second.url(t)+"/links"))
		second.stop(t, syscall.SIGTERM)
	})

	t.Run("writes a timeline when it has started and when it has stopped", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "links.txt")
		p := launch(t, t.TempDir(), anyPort, "TIMELINE="+file)
		shorten(t, p.url(t), "https://go.dev")
		p.stop(t, os.Interrupt)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Regexp(t, `^constructed in .*, ready after .*; stopped in `, string(text))
		require.Regexp(t, `(?m)^http @.*\n└─store @`, string(text))
	})

	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run("answers what is in flight at "+sig.String(), func(t *testing.T) {
			p := launch(t, t.TempDir(), anyPort)
			conn, err := net.Dial("tcp", strings.TrimPrefix(p.url(t), "http://"))
			require.NoError(t, err)
			defer conn.Close()
			const body = `{"url": "https://go.dev"}`
			_, err = fmt.Fprintf(conn, "POST /links HTTP/1.1\r\nHost: links\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", len(body))
			require.NoError(t, err)
			reader := bufio.NewReader(conn)
			require.Equal(t, http.StatusContinue, readResponse(t, reader).StatusCode) // the handler reads
			_, err = io.WriteString(conn, body[:10])
			require.NoError(t, err)

			require.NoError(t, p.cmd.Process.Signal(sig))
			p.await(t, `signal received.*"`+sig.String()+`"`)
			p.await(t, `service stopping.*"http"`)
			_, err = io.WriteString(conn, body[10:])
			require.NoError(t, err)
			response := readResponse(t, reader)
			require.Equal(t, http.StatusCreated, response.StatusCode)
			var link Link
			require.NoError(t, json.NewDecoder(response.Body).Decode(&link))
			require.Equal(t, "https://go.dev", link.URL)

			code, output := p.wait(t)
			require.Zero(t, code, output)
			require.Equal(t, []string{
				"service loading store", "service loaded store",
				"service starting store", "service started store",
				"service loading http", "service loaded http",
				"service starting http", "service started http",
				"application ready", "application stopping",
				"service stopping http", "service stopped http",
				"service stopping store", "service stopped store",
				"application stopped",
			}, lifecycle(output))
			require.Contains(t, output, `{"cause": "received signal `+sig.String()+`"}`)
			require.Zero(t, errorLines(output), output)
		})
	}
}

func readResponse(t *testing.T, reader *bufio.Reader) *http.Response {
	t.Helper()
	response, err := http.ReadResponse(reader, nil)
	require.NoError(t, err)
	return response
}

var lifecycleLine = regexp.MustCompile(`(?m)((?:service|application) \w+)\s+\{(?:"service": "(\w+)")?`)

// lifecycle returns the events of services and of the application in the log.
func lifecycle(output string) (events []string) {
	for _, match := range lifecycleLine.FindAllStringSubmatch(output, -1) {
		events = append(events, strings.TrimSpace(match[1]+" "+match[2]))
	}
	return events
}

// errorLines returns how many lines the log has at level error.
func errorLines(output string) int { return strings.Count(output, "\tERROR\t") }

func TestProgramThatCannotStart(t *testing.T) {
	t.Run("says that the address is in use", func(t *testing.T) {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer taken.Close()
		output := requireFailure(t, launch(t, t.TempDir(), "ADDR="+taken.Addr().String()),
			`^quickstart: listen "http": listen tcp `+taken.Addr().String()+`: bind: address already in use$`)
		require.Contains(t, lifecycle(output), "service stopped store")
	})

	t.Run("says that the address is malformed", func(t *testing.T) {
		requireFailure(t, launch(t, t.TempDir(), "ADDR=8080"),
			`^quickstart: load "http": ADDR: address 8080: missing port in address$`)
	})

	t.Run("says that it cannot write such a timeline, before it starts", func(t *testing.T) {
		output := requireFailure(t, launch(t, t.TempDir(), anyPort, "TIMELINE=links.png"),
			`^quickstart: write timeline "links.png": the name must end with one of .svg, .txt, .trace.json, `)
		require.Empty(t, lifecycle(output))
	})

	t.Run("says that the database file cannot be opened, at once", func(t *testing.T) {
		output := requireFailure(t, launch(t, t.TempDir(), anyPort, "DATABASE_URL=sqlite:missing/links.db"),
			`^quickstart: start "store": SQLite database "missing/links.db": unable to open database file.*$`)
		requireOneAttempt(t, output)
	})

	t.Run("says that DATABASE_URL is malformed, but not the password", func(t *testing.T) {
		for _, url := range []string{
			"postgres://user:hunter2@host:port/links",
			"postgres://user:hunter2/@host/links",
			"mysql://user:hunter2@host/links",
			"hunter2",
		} {
			output := requireFailure(t, launch(t, t.TempDir(), anyPort, "DATABASE_URL="+url),
				`^quickstart: load "store": DATABASE_URL: (not a valid URL|it has to begin with "sqlite:")`)
			require.NotContains(t, output, "hunter2")
			require.NotContains(t, output, "service starting")
		}
	})

	t.Run("gives up on a PostgreSQL that is not there", func(t *testing.T) {
		p := launch(t, t.TempDir(), anyPort, "DATABASE_URL=postgres://user:hunter2@127.0.0.1:1/links")
		p.await(t, `retrying service.*"attempt": 2`)
		output := requireFailure(t, p, `^quickstart: start "store": gave up after \d+ attempts: `+
			`PostgreSQL database at 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused$`)
		require.NotContains(t, output, "hunter2")
	})

	t.Run("can be interrupted while it waits for PostgreSQL", func(t *testing.T) {
		p := launch(t, t.TempDir(), anyPort, "DATABASE_URL=postgres://user:hunter2@127.0.0.1:1/links")
		p.await(t, `retrying service.*"attempt": 2`)
		require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
		code, output := p.wait(t)
		require.Equal(t, 128+int(syscall.SIGTERM), code, output)
		require.Zero(t, errorLines(output), output)
		require.Contains(t, output, `{"cause": "received signal terminated"}`)
	})
}

func requireOneAttempt(t *testing.T, output string) {
	t.Helper()
	require.NotContains(t, output, `"attempt": 2`)
}
