package observers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/go-fxservices/services/internal/errtext"
	"github.com/go-fxservices/services/runner"
)

// severity decides the level of a line.
type severity int

const (
	detail severity = iota
	normal
	warning
	failure
	severities // how many there are
)

// lineLog writes lines. A line of a disabled level is not written.
type lineLog interface {
	enabled(context.Context, severity) bool
	write(context.Context, severity, line)
}

// line is one line, with nothing computed yet that a disabled level can do without.
// Fields that are zero are not written.
type line struct {
	message     string
	about       any // the runner.Service or runner.Configurable that the event is about
	at          int // its position among the arguments of the event
	attempt     int // from 1
	signal      os.Signal
	after       []string // the names of the services that it starts after
	barrier     string   // the reason why it is a barrier
	constructor string   // of a service that nothing starts
	mend        string   // what to write instead
	chain       []string // the names of services that stop one after the other
	cause       error    // why the Runner ends
	err         error
	services    optional[int]
	need        optional[time.Duration]
	have        optional[time.Duration]
	delay       optional[time.Duration]
	pause       optional[time.Duration]
	duration    optional[time.Duration]
}

// optional is a value that is written though it is zero, if it is known.
type optional[T any] struct {
	value T
	known bool
}

func known[T any](value T) optional[T] { return optional[T]{value, true} }

// encoder makes the fields of a logging library.
type encoder[F any] struct {
	text     func(key, value string) F
	texts    func(key string, values []string) F
	number   func(key string, value int) F
	duration func(key string, value time.Duration) F
	failure  func(key string, err error) F
}

// encode returns the fields of l. It is the only place that names and orders them.
func encode[F any](ctx context.Context, l line, e encoder[F]) []F {
	fields := make([]F, 0, 6)
	text := func(key, value string) {
		if value != "" {
			fields = append(fields, e.text(key, value))
		}
	}
	texts := func(key string, values []string) {
		if len(values) > 0 {
			fields = append(fields, e.texts(key, values))
		}
	}
	duration := func(key string, d optional[time.Duration]) {
		if d.known {
			fields = append(fields, e.duration(key, d.value))
		}
	}

	if l.about != nil {
		s := describe(ctx, l.at, l.about)
		fields = append(fields, e.text("service", s.name))
		text("kind", s.kind)
	}
	if l.attempt != 0 {
		fields = append(fields, e.number("attempt", l.attempt))
	}
	if l.signal != nil {
		text("signal", fmt.Sprint(l.signal))
	}
	texts("after", l.after)
	text("barrier", l.barrier)
	text("constructor", l.constructor)
	text("mend", l.mend)
	duration("need", l.need)
	duration("have", l.have)
	texts("chain", l.chain)
	if l.services.known {
		fields = append(fields, e.number("services", l.services.value))
	}
	if l.cause != nil {
		text("cause", errtext.Of(l.cause))
	}
	duration("delay", l.delay)
	duration("pause", l.pause)
	duration("duration", l.duration)
	if l.err != nil {
		fields = append(fields, e.failure("error", errtext.Safe(l.err)))
	}
	text("stack", string(stackOf(l.err)))
	return fields
}

// stackOf returns the stack of the panic in err, or of the call that was abandoned.
// An error whose Unwrap panics has none.
func stackOf(err error) (stack []byte) {
	defer func() { _ = recover() }()
	var panicked *runner.PanicError
	if errors.As(err, &panicked) {
		return panicked.Stack
	}
	var late *runner.TimeoutError
	if errors.As(err, &late) {
		return late.Stack
	}
	return nil
}
