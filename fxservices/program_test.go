package fxservices_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// programKey is the environment variable that makes the test binary play one of
// the programs, in one of two ways: "fx serving" by fx.New(...).Run(), "run
// serving" by fxservices.Run.
const programKey = "FXSERVICES_TEST_PROGRAM"

var programs = map[string]fx.Option{
	"serving":       fxservices.Provide(NewChain, NewCache, NewDB),
	"starting":      fx.Options(fxservices.Provide(newWaiting, NewDB), needing[*Cache]()),
	"closing":       fxservices.Provide(newUnwilling, NewCache, NewDB),
	"failing":       fxservices.Provide(newFailing, NewCache, NewDB),
	"importing":     fxservices.Provide(NewImport, NewDB),
	"not importing": fxservices.Provide(newFailingImport, NewDB),
	"losing":        fxservices.Provide(newLosing),
	"shutting down": fx.Options(fxservices.Provide(NewDB), fx.Invoke(func(j *journal, r *runner.Runner, lc fx.Lifecycle, _ *DB) {
		lc.Append(fx.StartHook(func() { r.Shutdown(nil) }))
	})),
	"panicking": fx.Options(fxservices.Provide(NewDB), fx.Invoke(func(lc fx.Lifecycle, _ *DB) {
		lc.Append(fx.Hook{OnStart: panics("oops")})
	})),
	"late": fx.Options(fxservices.Provide(newWaiting, NewDB), needing[*Cache](), fx.StartTimeout(300*time.Millisecond)),
	"building": fx.Options(fxservices.Provide(NewDB), fx.Invoke(func(j *journal, _ *DB) {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, os.Interrupt)
		j.Note("building")
		<-signals
	})),
	"deaf":   fxservices.Provide(NewChain, NewCache, NewDB),
	"called": fxservices.Provide(NewChain, NewCache, NewDB),
	"building until called": fx.Options(fxservices.Provide(NewDB), fx.Invoke(func(j *journal, _ *DB) {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, alarm)
		j.Note("building")
		<-signals
	})),
	"failing to build": fxservices.Provide(newBroken),
	"coded": fx.Options(fxservices.Provide(NewAPI), fx.Invoke(func(lc fx.Lifecycle, down fx.Shutdowner) {
		lc.Append(fx.StartHook(func() error { return down.Shutdown(fx.ExitCode(3)) }))
	})),
}

// moduleOptions are the options of Module, for programs that have some.
var moduleOptions = map[string][]fxservices.Option{
	"deaf":                  {fxservices.WithRunner(runner.WithSignals())},
	"called":                {fxservices.WithRunner(runner.WithSignals(alarm))},
	"building until called": {fxservices.WithRunner(runner.WithSignals(alarm))},
}

// newWaiting makes a Cache whose start lasts until it is cancelled.
func newWaiting(j *journal, _ *DB) *Cache { return &Cache{j.Resource("cache", waits)} }

// newUnwilling makes an API whose close lasts until it is cut short.
func newUnwilling(j *journal, _ *Cache) *API {
	api := NewAPI(j)
	api.Server.Server = runner.NewServer("api", api.Listen, j.Step("close api", waits))
	return api
}

// newFailing makes an API that fails at the end of the input of its process.
func newFailing(j *journal, _ *Cache) *API {
	return &API{j.Server("api", func(context.Context) error {
		_, _ = io.Copy(io.Discard, os.Stdin)
		return errBoom
	})}
}

// newFailingImport makes an Import that fails.
func newFailingImport(j *journal, _ *DB) *Import { return &Import{j.Job("import", fails(errBoom))} }

// newLosing makes a DB that loses its lease at the end of the input of its process.
func newLosing(j *journal) (*leased, *API) {
	l := &leased{NewDB(j), make(chan error)}
	return l, &API{j.Server("api", func(ctx context.Context) error {
		_, _ = io.Copy(io.Discard, os.Stdin)
		l.lost <- errBoom
		return untilEnd(ctx)
	})}
}

func newBroken() (*API, error) { return nil, errBoom }

// programOf returns the options of a program.
func programOf(name string) fx.Option {
	if strings.HasPrefix(name, endingProgram) {
		return endingOptions(name)
	}
	return programs[name]
}

// play is what the process of a program does.
func play(program string) int {
	way, name, _ := strings.Cut(program, " ")
	opts := []fx.Option{
		fx.Supply(newEcho()),
		fxservices.Module(moduleOptions[name]...),
		fxservices.Observe(newStates, newFailures),
		programOf(name),
	}
	if way == "fx" {
		fx.New(opts...).Run() // exits itself, but for code 0
		return 0
	}
	if way == "main" {
		fxservices.Main(opts...)
	}
	err := fxservices.Run(context.Background(), opts...)
	fmt.Println("result:", err)
	return fxservices.ExitCode(err)
}

// process is a program that runs.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdin  io.Closer
	stdout *bufio.Scanner
	stderr bytes.Buffer
	lines  []string
}

func begin(t *testing.T, program string) *process {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be sent a signal")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return launch(t, program, exec.CommandContext(ctx, os.Args[0]))
}

// launch starts a program by a command that executes this test binary.
func launch(t *testing.T, program string, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{t: t, cmd: cmd}
	p.cmd.Env = append(os.Environ(), programKey+"="+program)
	p.cmd.Stderr = &p.stderr
	stdin, err := p.cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	p.stdin, p.stdout = stdin, bufio.NewScanner(stdout)
	require.NoError(t, p.cmd.Start())
	return p
}

// await reads what the program prints until it prints line.
func (p *process) await(line string) *process {
	p.t.Helper()
	for p.stdout.Scan() {
		p.lines = append(p.lines, p.stdout.Text())
		if p.stdout.Text() == line {
			return p
		}
	}
	require.FailNow(p.t, "the program has ended", "before %q: %q\n%s", line, p.lines, p.stderr.String())
	return p
}

func (p *process) signal(sig os.Signal) *process {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(sig))
	return p
}

// quiet is end without the events of signals. The Runner and fx receive a signal
// both; where fx stops the application first, the Runner may hear of it later.
func (p *process) quiet() (printed string, code int) {
	p.t.Helper()
	_, code = p.end()
	others := slices.DeleteFunc(p.lines, func(line string) bool { return strings.HasPrefix(line, "signal: ") })
	return strings.Join(others, ", "), code
}

// end ends the input of the program, waits for its end, and returns what it has
// printed and its exit code.
func (p *process) end() (printed string, code int) {
	p.t.Helper()
	require.NoError(p.t, p.stdin.Close())
	for p.stdout.Scan() {
		p.lines = append(p.lines, p.stdout.Text())
	}
	err := p.cmd.Wait()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
		require.NoError(p.t, err)
	}
	return strings.Join(p.lines, ", "), p.cmd.ProcessState.ExitCode()
}
