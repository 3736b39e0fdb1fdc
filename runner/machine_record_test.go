package runner_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-fxservices/services/runner"
)

// happening is something that happened in a case. Its place in the record is the
// order.
type happening struct {
	at   time.Duration // since the case began
	what string
	name string // of the service
	op   runner.Op
	err  error
	id   int // of the call that it belongs to
	by   int // of the call of the Runner that has led to it

	outcome outcome         // of a call that was left
	act     actPlan         // of a call of the Runner
	started []runner.Status // the services that were, when the Runner was called
	thrown  int             // how many panics of Observers there were, when it returned
}

// callKey is what the number of a call of the Runner is found by, in the contexts
// that it gives to services and Observers.
type callKey struct{}

func callOf(ctx context.Context) int {
	id, _ := ctx.Value(callKey{}).(int)
	return id
}

func (h happening) String() string {
	text := fmt.Sprintf("%6v %s %s %s %d by %d", h.at, h.what, h.op, h.name, h.id, h.by)
	if h.err != nil {
		text += ": " + strings.ReplaceAll(h.err.Error(), "\n", "; ")
	}
	return text
}

// record is all that happened in a case. It is the Observer of it too.
type record struct {
	began time.Time

	mu    sync.Mutex
	all   []happening
	calls int
	count map[string]int // calls by service and method
}

func newRecord() *record { return &record{began: time.Now(), count: map[string]int{}} }

func (r *record) add(h happening) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h.at = time.Since(r.began)
	r.all = append(r.all, h)
}

func (r *record) snapshot() []happening {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all)
}

// enter notes that a call began. It returns its number, and which call of its kind
// it is.
func (r *record) enter(ctx context.Context, name string, op runner.Op) (id, nth int) {
	by := callOf(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	key := name + " " + string(op)
	r.count[key]++
	r.all = append(r.all, happening{at: time.Since(r.began), what: "enter", name: name, op: op, id: r.calls, by: by})
	if step := ctx.Value(stepKey{}); op != opFailed && step != string(op)+" "+name {
		r.all = append(r.all, happening{at: time.Since(r.began), what: fmt.Sprintf("context of %q in", step), name: name, op: op})
	}
	return r.calls, r.count[key]
}

// called notes that the Runner is called.
func (r *record) called(act actPlan, started []runner.Status) (id int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	r.all = append(r.all, happening{at: time.Since(r.began), what: "call", name: act.What, id: r.calls, act: act, started: started})
	return r.calls
}

func (r *record) leave(ctx context.Context, id int, name string, op runner.Op, o outcome) {
	r.add(happening{what: "leave", name: name, op: op, id: id, by: callOf(ctx), err: o.err, outcome: o})
}

// StepContext adds to the context of each call which it is.
func (r *record) StepContext(ctx context.Context, s runner.Service, op runner.Op) context.Context {
	return context.WithValue(ctx, stepKey{}, string(op)+" "+s.Name())
}

func (r *record) BeforeStart(ctx context.Context, s runner.Service) {
	r.add(happening{by: callOf(ctx), what: "before", op: runner.OpStart, name: s.Name()})
}

func (r *record) AfterStart(ctx context.Context, s runner.Service, err error) {
	r.add(happening{by: callOf(ctx), what: "after", op: runner.OpStart, name: s.Name(), err: err})
}

func (r *record) BeforeStop(ctx context.Context, s runner.Service) {
	r.add(happening{by: callOf(ctx), what: "before", op: runner.OpStop, name: s.Name()})
}

func (r *record) AfterStop(ctx context.Context, s runner.Service, err error) {
	r.add(happening{by: callOf(ctx), what: "after", op: runner.OpStop, name: s.Name(), err: err})
}

func (r *record) BeforeLoad(ctx context.Context, c runner.Configurable) {
	r.add(happening{by: callOf(ctx), what: "before", op: runner.OpLoad, name: c.(runner.Service).Name()})
}

func (r *record) AfterLoad(ctx context.Context, c runner.Configurable, err error) {
	r.add(happening{by: callOf(ctx), what: "after", op: runner.OpLoad, name: c.(runner.Service).Name(), err: err})
}

func (r *record) SignalReceived(os.Signal) { r.add(happening{what: "signal"}) }

func (r *record) ServerFailed(ctx context.Context, s runner.Server, err error) {
	r.add(happening{by: callOf(ctx), what: "server failed", name: s.Name(), err: err})
}

func (r *record) ServiceFailed(ctx context.Context, s runner.Service, err error) {
	r.add(happening{by: callOf(ctx), what: "service failed", name: s.Name(), err: err})
}

func (r *record) JobDone(ctx context.Context, j runner.Job, err error) {
	r.add(happening{by: callOf(ctx), what: "job done", name: j.Name(), err: err})
}

func (r *record) StateChanged(_ context.Context, state runner.State) {
	r.add(happening{what: "state " + state.String()})
}

func (r *record) String() string {
	var text strings.Builder
	for i, h := range r.snapshot() {
		fmt.Fprintf(&text, "%3d %v\n", i, h)
	}
	return text.String()
}
