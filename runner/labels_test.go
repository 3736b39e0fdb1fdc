package runner_test

import (
	"bytes"
	"context"
	"fmt"
	"runtime/pprof"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// labelled calls fn with the label "request" of the profiler, as a caller of the Runner may have it.
func labelled(ctx context.Context, request string, fn func(context.Context)) {
	pprof.Do(ctx, pprof.Labels("request", request), fn)
}

// notesLabels notes the labels of the context of a call, and then those of its goroutine.
func (j *journal) notesLabels(step string) call {
	return func(ctx context.Context) error {
		service, _ := pprof.Label(ctx, "service")
		request, _ := pprof.Label(ctx, "request")
		j.note("%s of %s for %s", step, service, request)
		if !profileHas(service, request) {
			j.note("%s: no goroutine has the labels %q and %q", step, service, request)
		}
		return nil
	}
}

// profileHas reports whether a goroutine that notes labels has these.
func profileHas(service, request string) bool {
	for record := range bytes.SplitSeq(goroutines(), []byte("\n\n")) {
		if bytes.Contains(record, fmt.Appendf(nil, `"service":%q`, service)) &&
			bytes.Contains(record, fmt.Appendf(nil, `"request":%q`, request)) &&
			bytes.Contains(record, []byte("notesLabels")) {
			return true
		}
	}
	return false
}

// goroutines is the profile of all goroutines, with their labels.
func goroutines() []byte {
	var text bytes.Buffer
	_ = pprof.Lookup("goroutine").WriteTo(&text, 1)
	return text.Bytes()
}

func TestLabelsOfTheCaller(t *testing.T) {
	for name, with := range map[string]func(runner.Service) runner.Service{
		"":                   func(s runner.Service) runner.Service { return s },
		", behind a wrapper": func(s runner.Service) runner.Service { return runner.With(s) },
	} {
		t.Run("are those of every step"+name, func(t *testing.T) {
			var j journal
			r := newRunner()
			db := loading(checked(runner.NewResource("db", j.notesLabels("start"), j.notesLabels("stop")), j.notesLabels("ready")), j.notesLabels("load"))
			listened := make(chan struct{})
			api := runner.NewServer("api", func(ctx context.Context) error {
				defer close(listened)
				return j.notesLabels("listen")(ctx)
			}, j.notesLabels("close"))
			labelled(t.Context(), "start", func(ctx context.Context) { require.NoError(t, r.Start(ctx, with(db), with(api))) })
			<-listened
			labelled(t.Context(), "finish", func(ctx context.Context) { require.NoError(t, r.Finish(ctx)) })
			require.Equal(t, []string{
				"load of db for start", "start of db for start", "ready of db for start", "listen of api for start",
				"close of api for finish", "stop of db for finish",
			}, j.all())
		})
	}

	t.Run("are those of Run when Run closes, and in a rollback", func(t *testing.T) {
		var j journal
		r := newRunner()
		labelled(t.Context(), "run", func(ctx context.Context) {
			api := runner.NewServer("api", untilEnd, j.notesLabels("close"))
			require.ErrorIs(t, r.Run(ctx, runner.NewResource("db", nil, j.notesLabels("stop")), api, runner.NewResource("bad", fails(errBoom), nil)), errBoom)
		})
		require.Subset(t, []string{"close of api for run", "stop of db for run"}, j.all())
		require.Contains(t, j.all(), "stop of db for run")
		finish(t, r)
	})

	t.Run("are those of Stop", func(t *testing.T) {
		var j journal
		r := newRunner()
		db := runner.NewResource("db", nil, j.notesLabels("stop"))
		require.NoError(t, r.Run(t.Context(), db))
		labelled(t.Context(), "stop", func(ctx context.Context) { require.NoError(t, r.Stop(ctx, db)) })
		require.Equal(t, []string{"stop of db for stop"}, j.all())
		finish(t, r)
	})

	t.Run("do not outlive the call of the caller, on a goroutine that is used again", func(t *testing.T) {
		var j journal
		r := newRunner()
		for _, request := range []string{"one", "two"} {
			labelled(t.Context(), request, func(ctx context.Context) {
				require.NoError(t, r.Run(ctx, runner.NewResource("db "+request, j.notesLabels("start"), nil)))
			})
		}
		require.Equal(t, []string{"start of db one for one", "start of db two for two"}, j.all())
		finish(t, r)
	})
}

func TestLabelOfTheService(t *testing.T) {
	// inside calls fn within pprof.Do, and notes the label of the service there and on the goroutine afterwards.
	inside := func(j *journal) call {
		return func(ctx context.Context) error {
			pprof.Do(ctx, pprof.Labels("phase", "connect"), func(ctx context.Context) {
				service, _ := pprof.Label(ctx, "service")
				j.note("inside: %s", service)
			})
			return j.notesLabels("after")(ctx)
		}
	}
	for name, make := range map[string]func(call) runner.Service{
		"Load":    func(step call) runner.Service { return loading(runner.NewResource("db", nil, nil), step) },
		"Start":   func(step call) runner.Service { return runner.NewResource("db", step, nil) },
		"IsReady": func(step call) runner.Service { return checked(runner.NewResource("db", nil, nil), step) },
		"Stop":    func(step call) runner.Service { return runner.NewResource("db", nil, step) },
		"Listen":  func(step call) runner.Service { return runner.NewServer("db", step, nil) },
		"Close":   func(step call) runner.Service { return runner.NewServer("db", nil, step) },
	} {
		inBubble(t, "survives pprof.Do in "+name, func(t *testing.T) {
			var j journal
			r := newRunner()
			labelled(t.Context(), "caller", func(ctx context.Context) {
				require.NoError(t, r.Start(ctx, make(inside(&j))))
				synctest.Wait()
				require.NoError(t, r.Finish(ctx))
			})
			require.Equal(t, []string{"inside: db", "after of db for caller"}, j.all())
		})
	}
}
