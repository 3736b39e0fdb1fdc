package runner_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// FuzzName gives a service any name: NameOf, errors, and the lookup of the stacks
// of what was abandoned go by it.
func FuzzName(f *testing.F) {
	for _, name := range []string{
		"", "db", "\xff\xfe", "two\nlines", "\r\n\n", `"quoted"`, "`", "a:b", "\x00", "# labels: {}", "世界", "%s%d", `\`,
		"\u2028", strings.Repeat("long", 1<<14),
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		synctest.Test(t, func(t *testing.T) { requireFound(t, name) })
	})
}

func requireFound(t *testing.T, name string) {
	t.Helper()
	s := runner.NewResource(name, nil, stuck(t))
	want := name
	if want == "" {
		want = "*runner.resourceFuncs"
	}
	require.Equal(t, want, runner.NameOf(s))
	require.Equal(t, want, runner.NameOf(runner.With(s)))

	r := newRunner(runner.WithStopTimeout(time.Second))
	require.NoError(t, r.Run(t.Context(), s))
	require.Equal(t, []string{want}, names(r))

	var failed *runner.ServiceError
	require.ErrorAs(t, r.Finish(t.Context()), &failed)
	require.Equal(t, want, failed.Name)
	require.NotContains(t, failed.Error(), "\n", "the name is quoted")
	var timeout *runner.TimeoutError
	require.ErrorAs(t, failed, &timeout)
	require.True(t, timeout.Abandoned)
	require.Contains(t, string(timeout.Stack), "runner_test.stuck", "the stack is found by the name")
}

// fuzzed are the arguments of FuzzServices. A byte takes one of them.
func fuzzed(j *journal) []runner.Service {
	var typedNil *loader
	return []runner.Service{
		j.resource("r0"), j.resource("r1"), runner.NewResource("", nil, nil), runner.With(j.resource("r2")),
		j.server("s0"), j.server("s1"), runner.NewServer("", nil, nil),
		nil, typedNil, runner.With(nil), runner.With(typedNil), neither{}, &amphibian{}, wrapped{nil},
		runner.NewResource("bad", fails(errBoom), nil), runner.NewServer("bad", fails(errBoom), nil),
		runner.NewResource("panics", panics("kaboom"), nil),
	}
}

// neither is a Service of no kind.
type neither struct{}

func (neither) Name() string { return "neither" }

// amphibian is a Service of both kinds.
type amphibian struct{ neither }

func (*amphibian) Start(context.Context) error  { return nil }
func (*amphibian) Stop(context.Context) error   { return nil }
func (*amphibian) Listen(context.Context) error { return nil }
func (*amphibian) Close(context.Context) error  { return nil }

// wrapped may wrap nothing.
type wrapped struct{ inner runner.Service }

func (wrapped) Name() string             { return "wrapped" }
func (w wrapped) Unwrap() runner.Service { return w.inner }

// FuzzServices gives Start any list of services: all of them are started, or none
// is and the error says why.
func FuzzServices(f *testing.F) {
	for _, list := range [][]byte{
		nil, {0}, {4}, {0, 1, 2, 3}, {0, 4, 1, 5, 6}, {0, 0}, {4, 0, 4}, {7}, {8}, {9}, {10}, {11}, {12}, {13},
		{0, 7}, {4, 12}, {0, 4, 14}, {0, 4, 16, 1}, {1, 5, 15}, {2, 2}, {6, 6}, {3, 3},
	} {
		f.Add(list, false)
		f.Add(list, true)
	}
	f.Fuzz(func(t *testing.T, list []byte, blocks bool) {
		if len(list) > 64 {
			t.Skip("long lists are slow, and say no more")
		}
		synctest.Test(t, func(t *testing.T) { requireAllOrNothing(t, list, blocks) })
	})
}

func requireAllOrNothing(t *testing.T, list []byte, blocks bool) {
	t.Helper()
	var j journal
	all := fuzzed(&j)
	services := make([]runner.Service, 0, len(list))
	for _, b := range list {
		services = append(services, all[int(b)%len(all)])
	}
	r := newRunner(runner.WithContinueOnStopError())
	start := r.Start
	if blocks {
		start = r.Run
	}
	serves := errors.New("it serves")
	err := serves
	go func() { err = start(t.Context(), services...) }()
	synctest.Wait()
	switch {
	case err == nil || errors.Is(err, serves):
		requireStarted(t, r, services)
	default:
		requireClear(t, r, err)
	}
	_ = r.Finish(t.Context()) // tells of servers that failed meanwhile
	require.Empty(t, r.Services())
	requireStopped(t, j.all())
}

// requireClear requires that err says which service is to blame, and that nothing
// is left started, but for what a server leaves that fails while it serves.
func requireClear(t *testing.T, r *runner.Runner, err error) {
	t.Helper()
	var failed *runner.ServiceError
	if errors.Is(err, runner.ErrInvalidServiceType) || errors.Is(err, runner.ErrAlreadyStarted) {
		require.Regexp(t, `^service \d+`, err.Error())
	} else {
		require.ErrorAs(t, err, &failed)
	}
	if failed == nil || failed.Op != runner.OpListen {
		require.Empty(t, r.Services())
	}
}

func requireStarted(t *testing.T, r *runner.Runner, services []runner.Service) {
	t.Helper()
	started := []string{}
	for _, s := range services {
		started = append(started, runner.NameOf(s))
	}
	require.Equal(t, started, names(r))
}

// requireStopped requires that what has started has stopped, and the other way.
func requireStopped(t *testing.T, lines []string) {
	t.Helper()
	up := map[string]int{}
	for _, line := range lines {
		what, name, _ := strings.Cut(line, " ")
		switch what {
		case "start", "listen":
			up[name]++
		case "stop", "close":
			up[name]--
		}
	}
	for name, left := range up {
		require.Zero(t, left, name)
	}
}
