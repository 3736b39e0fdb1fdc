package otelservice

import (
	"context"
	"os"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/go-fxservices/services/runner"
)

const scope = "github.com/go-fxservices/services/contrib/otelservice"

// Observer records what a Runner does as spans and metrics; see the package. Make one with [New], and give it to one Runner.
type Observer struct {
	tracer  trace.Tracer
	metrics metrics

	mu    sync.Mutex
	start *step // of the application; nil: it is not starting
	stop  *step // of the application; nil: it is not stopping
	open  map[openKey]*step
}

// openKey is that of a start or a stop which has not ended.
type openKey struct {
	service any
	name    string
}

var (
	_ runner.Observer              = (*Observer)(nil)
	_ runner.StepObserver          = (*Observer)(nil)
	_ runner.StateObserver         = (*Observer)(nil)
	_ runner.RetryFailedObserver   = (*Observer)(nil)
	_ runner.ServerFailedObserver  = (*Observer)(nil)
	_ runner.ServiceFailedObserver = (*Observer)(nil)
)

// New returns an Observer. An instrument that the MeterProvider refuses is reported to the error handler of OpenTelemetry, and
// left out.
func New(opts ...Option) *Observer {
	o := options{tracers: otel.GetTracerProvider(), meters: otel.GetMeterProvider()}
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	return &Observer{
		tracer:  o.tracers.Tracer(scope),
		metrics: newMetrics(o.meters.Meter(scope)),
		open:    map[openKey]*step{},
	}
}

// StateChanged implements [runner.StateObserver].
func (o *Observer) StateChanged(ctx context.Context, state runner.State) {
	switch state {
	case runner.StateStarting:
		o.begin(ctx, &o.start, "app.start")
	case runner.StateReady:
		o.end(ctx, &o.start)
		o.end(ctx, &o.stop)
	case runner.StateDraining, runner.StateStopping:
		o.end(ctx, &o.start)
		o.begin(ctx, &o.stop, "app.stop")
	default:
		o.end(ctx, &o.start)
		o.end(ctx, &o.stop)
	}
}

// begin begins a span of the application, unless there is one. States change one at a time, so there is none in the end, either.
func (o *Observer) begin(ctx context.Context, app **step, name string) {
	if o.get(app) != nil {
		return
	}
	begun := newStep(ctx, o.tracer, name) // a span processor may take its time
	o.mu.Lock()
	defer o.mu.Unlock()
	*app = begun
}

func (o *Observer) get(app **step) *step {
	o.mu.Lock()
	defer o.mu.Unlock()
	return *app
}

// end ends a span of the application, if there is one.
func (o *Observer) end(ctx context.Context, app **step) {
	o.mu.Lock()
	ended, isStart := *app, app == &o.start
	*app = nil
	o.mu.Unlock()
	if ended == nil {
		return
	}
	took := ended.end(ended.failure)
	if isStart {
		o.metrics.appStarted(ctx, took, ended.failure)
	}
}

// StepContext implements [runner.StepObserver].
func (o *Observer) StepContext(ctx context.Context, s runner.Service, op runner.Op) context.Context {
	switch op {
	case runner.OpLoad:
		return o.step(ctx, s, "service.load", loading{}, &o.start)
	case runner.OpStart, runner.OpReady:
		return o.step(ctx, s, "service.start", starting{}, &o.start)
	case runner.OpListen, runner.OpRun:
		// They go on long after the start. Their context has the step, for AfterStart, but is not that of the span.
		begun := o.step(ctx, s, "service.start", starting{}, &o.start)
		return context.WithValue(ctx, starting{}, begun.Value(starting{}))
	case runner.OpStop, runner.OpClose:
		if _, ok := runner.As[Exporter](s); ok {
			o.end(ctx, &o.stop)
			return nil
		}
		return o.step(ctx, s, "service.stop", stopping{}, &o.stop)
	default:
		return nil
	}
}

// The keys under which contexts have a step.
type (
	loading  struct{}
	starting struct{}
	stopping struct{}
)

// step returns ctx with a step of s, which goes on if it has already begun: IsReady belongs to the start.
func (o *Observer) step(ctx context.Context, s runner.Service, name string, key any, app **step) context.Context {
	id := openKey{keyOf(s), name}
	now := o.opened(id)
	if now == nil {
		parent := ctx
		if up := o.get(app); up != nil {
			parent = trace.ContextWithSpan(ctx, up.span)
		}
		now = newStep(parent, o.tracer, name, about(s)...)
		now.id = id
		o.mu.Lock()
		o.open[id] = now
		o.mu.Unlock()
	}
	return context.WithValue(trace.ContextWithSpan(ctx, now.span), key, now)
}

func (o *Observer) opened(id openKey) *step {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.open[id]
}

// finish ends the step that ctx has under key, and returns how long it took. It is false if there is none.
func (o *Observer) finish(ctx context.Context, key any, err error) (took time.Duration, ok bool) {
	s, ok := ctx.Value(key).(*step)
	if !ok {
		return 0, false
	}
	o.mu.Lock()
	if o.open[s.id] == s {
		delete(o.open, s.id)
	}
	if err != nil && o.start != nil {
		o.start.failure = err
	}
	o.mu.Unlock()
	return s.end(err), true
}

// BeforeLoad implements [runner.Observer].
func (o *Observer) BeforeLoad(context.Context, runner.Configurable) {}

// AfterLoad implements [runner.Observer].
func (o *Observer) AfterLoad(ctx context.Context, _ runner.Configurable, err error) {
	o.finish(ctx, loading{}, err)
}

// BeforeStart implements [runner.Observer].
func (o *Observer) BeforeStart(context.Context, runner.Service) {}

// AfterStart implements [runner.Observer].
func (o *Observer) AfterStart(ctx context.Context, s runner.Service, err error) {
	if took, ok := o.finish(ctx, starting{}, err); ok {
		o.metrics.started(ctx, took, about(s), err)
	}
}

// RetryFailed implements [runner.RetryFailedObserver].
func (o *Observer) RetryFailed(ctx context.Context, _ runner.Service, attempt int, err error, pause time.Duration) {
	now, ok := ctx.Value(starting{}).(*step)
	if !ok || o.opened(now.id) != now {
		return // a Job that is run again long after its start
	}
	now.span.AddEvent("retry", trace.WithAttributes(
		attribute.Int("attempt", attempt), errorType(err), attribute.Float64("pause", pause.Seconds())))
}

// BeforeStop implements [runner.Observer].
func (o *Observer) BeforeStop(context.Context, runner.Service) {}

// AfterStop implements [runner.Observer].
func (o *Observer) AfterStop(ctx context.Context, s runner.Service, err error) {
	if took, ok := o.finish(ctx, stopping{}, err); ok {
		o.metrics.stopped(ctx, took, about(s), err)
	}
}

// ServerFailed implements [runner.ServerFailedObserver].
func (o *Observer) ServerFailed(ctx context.Context, s runner.Server, err error) {
	o.metrics.failed(ctx, about(s), err)
}

// ServiceFailed implements [runner.ServiceFailedObserver].
func (o *Observer) ServiceFailed(ctx context.Context, s runner.Service, err error) {
	o.metrics.failed(ctx, about(s), err)
}

// SignalReceived implements [runner.Observer].
func (o *Observer) SignalReceived(os.Signal) {}
