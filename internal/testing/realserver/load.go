//go:build unix

package realserver

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

const (
	loadFile    = "REALSERVER_LOAD_FILE"
	readySuffix = ".ready" // of a file that says that the consumer is ready
)

// Consume belongs into TestMain. In a process that [Load] has started it runs the services of a consumer until a signal, and ends
// the process; in any other it does nothing. The consumer calls handle with the text of each message.
func Consume(newServices func(handle func(text string) error) ([]runner.Service, error)) {
	path := os.Getenv(loadFile)
	if path == "" {
		return
	}
	fail := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	fail(err)
	services, err := newServices(func(text string) error {
		_, err := io.WriteString(file, text+"\n") // in one write, so that a process that is killed leaves no half line
		return err
	})
	fail(err)
	r := runner.NewRunner(runner.WithStopTimeout(30 * time.Second))
	fail(r.Start(context.Background(), services...))
	fail(os.WriteFile(path+readySuffix, nil, 0o600))
	err = r.Wait(context.Background())
	if finish := r.Finish(context.Background()); err == nil {
		err = finish
	}
	fail(err)
	os.Exit(0)
}

// LoadSize is the number of messages of a [Load].
const LoadSize = 10_000

// Load plays messages for a consumer, which runs in processes of its own with the given variables: [Consume] there. Publish sends
// messages with the given texts.
//
// In the first round the consumer is stopped and started ten times, and must handle each message once. In the second one it is
// killed twice, and must lose none.
func Load(t *testing.T, publish func(ctx context.Context, texts []string) error, env ...string) {
	t.Helper()
	for _, round := range []struct {
		name  string
		sig   syscall.Signal
		times int
	}{
		{"handles each message once when it is stopped and started again", syscall.SIGTERM, 10},
		{"loses no message when it is killed", syscall.SIGKILL, 2},
	} {
		t.Run(round.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
			defer cancel()
			texts := make([]string, LoadSize)
			for i := range texts {
				texts[i] = fmt.Sprintf("%s-%d", round.sig, i)
			}
			var publishing sync.WaitGroup
			publishing.Go(func() { require.NoError(t, publish(ctx, texts)) })
			l := &load{t: t, path: filepath.Join(t.TempDir(), "handled"), env: env}
			for i := range round.times {
				l.start()
				l.await(ctx, (i+1)*LoadSize/(round.times+1))
				l.end(round.sig)
			}
			publishing.Wait()
			l.start()
			l.await(ctx, LoadSize)
			l.end(syscall.SIGTERM)
			l.start() // what comes again comes now
			time.Sleep(200 * time.Millisecond)
			l.end(syscall.SIGTERM)
			times := l.handled()
			twice := 0
			var lost []string
			for _, text := range texts {
				switch n := times[text]; {
				case n == 0:
					lost = append(lost, text)
				case n > 1:
					twice++
				}
			}
			require.Empty(t, lost[:min(len(lost), 10)], "%d messages were lost", len(lost))
			t.Logf("%d messages were handled more than once", twice)
			if round.sig == syscall.SIGTERM {
				require.Zero(t, twice, "messages were handled more than once though each stop was clean")
			}
		})
	}
}

// load is a consumer in processes, one at a time.
type load struct {
	t      *testing.T
	path   string
	env    []string
	cmd    *exec.Cmd
	output bytes.Buffer
}

func (l *load) start() {
	l.t.Helper()
	self, err := os.Executable()
	require.NoError(l.t, err)
	ready := l.path + readySuffix
	if err := os.Remove(ready); !os.IsNotExist(err) {
		require.NoError(l.t, err)
	}
	l.cmd = exec.CommandContext(l.t.Context(), self)
	l.cmd.Env = append(append(os.Environ(), loadFile+"="+l.path, "GORACE=atexit_sleep_ms=0"), l.env...)
	l.output.Reset()
	l.cmd.Stdout, l.cmd.Stderr = &l.output, &l.output
	require.NoError(l.t, l.cmd.Start())
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(ready); err == nil {
			return
		}
		if time.Since(began) > time.Minute {
			_ = l.cmd.Process.Kill()
			_ = l.cmd.Wait()
			require.FailNow(l.t, "the consumer does not become ready", "%s", l.output.String())
		}
	}
}

func (l *load) end(sig syscall.Signal) {
	l.t.Helper()
	require.NoError(l.t, l.cmd.Process.Signal(sig))
	if err := l.cmd.Wait(); sig != syscall.SIGKILL {
		require.NoError(l.t, err, "%s", l.output.String())
	}
	NoSecret(l.t, l.output.String())
}

// await waits until n messages have been handled.
func (l *load) await(ctx context.Context, n int) {
	l.t.Helper()
	for {
		handled := len(l.handled())
		if handled >= n {
			return
		}
		if ctx.Err() != nil {
			_ = l.cmd.Process.Kill()
			_ = l.cmd.Wait()
			require.FailNow(l.t, "the consumer is stuck", "%d of %d messages are handled\n%s", handled, n, l.output.String())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// handled returns how many times each message has been handled.
func (l *load) handled() map[string]int {
	l.t.Helper()
	text, err := os.ReadFile(l.path)
	if !os.IsNotExist(err) {
		require.NoError(l.t, err)
	}
	times := map[string]int{}
	for line := range strings.Lines(string(text)) {
		if strings.HasSuffix(line, "\n") {
			times[strings.TrimSuffix(line, "\n")]++
		}
	}
	return times
}

// Batches calls publish with parts of texts, n at a time.
func Batches(texts []string, n int, publish func(part []string) error) error {
	for begin := 0; begin < len(texts); begin += n {
		if err := publish(texts[begin:min(begin+n, len(texts))]); err != nil {
			return fmt.Errorf("messages from %s: %w", strconv.Itoa(begin), err)
		}
	}
	return nil
}
