package fxservices

import (
	"cmp"
	"context"
	"os"
	"reflect"
	"sync"
	"syscall"

	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/go-fxservices/services/internal/inside"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// ending is how a run of the application ends. Whoever asks for the end first decides the exit code, and alone is told to fx: a
// call of fx.Shutdowner, a signal, a failure, or a call of App.Stop, of which fx knows. It belongs to the run under way or, before
// the first one, to that.
//
//	goes on ── the first asks ──▶ asked ── stopped ──▶ over
//	   ▲                                                │
//	   └───────────────────── begin ────────────────────┘
type ending struct {
	fx     fx.Shutdowner       // of fx itself
	inside *inside.Application // nil: this version of fx cannot be read

	mu      sync.Mutex      // also held while fx is told, which calls nobody
	context context.Context // of Run
	runner  *runner.Runner  // nil: there is none yet
	asked   chan struct{}   // closed once somebody has asked
	code    *int            // of the first to ask, if that was a call of fx.Shutdowner with an exit code
	sig     os.Signal       // of the first to ask, if that was a signal
	over    bool            // the run is over: what comes now is late
}

func newEnding() *ending { return &ending{asked: make(chan struct{})} }

// decorateShutdowner takes the place of the Shutdowner of fx.
func decorateShutdowner(original fx.Shutdowner, e *ending) fx.Shutdowner {
	e.fx = original
	e.inside, _ = inside.OfShutdowner(original)
	return shutdowner{e}
}

// follow makes what ends ctx or r come before all who ask later, though nobody may have asked because of it yet.
func (e *ending) follow(ctx context.Context, r *runner.Runner) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.context, e.runner = ctx, r
}

func (e *ending) hasEnded() bool {
	return e.runner != nil && (e.context.Err() != nil || wiring.HasEnded(e.runner))
}

// begin begins a run. A call of Shutdown that came before the first run ends that one.
func (e *ending) begin() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over {
		e.asked, e.code, e.sig, e.over = make(chan struct{}), nil, nil, false
	}
}

// end ends a run, of which fx is to remember nothing.
func (e *ending) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.over = true
	if e.inside != nil {
		e.inside.Forget()
	}
}

// stop asks for the end of the run for a caller of App.Stop.
func (e *ending) stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ask()
}

// signal asks for the end of the run because of a signal that the Runner has received.
func (e *ending) signal(sig os.Signal) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ask() {
		e.sig = sig
		e.inside.Tell(sig)
	}
}

// runnerEnded asks for the end of the run because the Runner has ended by itself.
func (e *ending) runnerEnded(code int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ask() {
		_ = e.fx.Shutdown(fx.ExitCode(code)) // fails only if somebody does not read what fx told before
	}
}

// ask asks for the end of the run, and reports whether nobody has before.
func (e *ending) ask() (first bool) {
	if e.over || e.isAsked() {
		return false
	}
	close(e.asked)
	return true
}

func (e *ending) isAsked() bool {
	select {
	case <-e.asked:
		return true
	default:
		return false
	}
}

// done returns a channel that is closed once somebody has asked for the end of this run.
func (e *ending) done() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.asked
}

// exitCode returns the exit code that the first to ask has given, if it has.
func (e *ending) exitCode() (code int, given bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.code == nil {
		return 0, false
	}
	return *e.code, true
}

// log tells the log of fx that the application stops, as fx.App.Run does: a Shutdown is a SIGTERM there.
func (e *ending) log() {
	e.mu.Lock()
	sig := cmp.Or[os.Signal](e.sig, syscall.SIGTERM)
	e.mu.Unlock()
	if e.inside != nil {
		e.inside.Log().LogEvent(&fxevent.Stopping{Signal: sig})
	}
}

// shutdowner replaces fx.Shutdowner. That of fx keeps the exit code of an earlier call, and must not be called twice at once.
type shutdowner struct{ *ending }

// Shutdown implements [fx.Shutdowner]. It does nothing if the end of the application has been asked for before.
func (s shutdowner) Shutdown(opts ...fx.ShutdownOption) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hasEnded() || s.inside.HasTold() || !s.ask() {
		return nil
	}
	code := 0
	if s.code = codeOf(opts); s.code != nil {
		code = *s.code
	}
	return s.fx.Shutdown(fx.ExitCode(code))
}

// codeOf returns the exit code among the options of a Shutdown, or nil.
func codeOf(opts []fx.ShutdownOption) (code *int) {
	for _, opt := range opts {
		if v := reflect.ValueOf(opt); v.IsValid() && v.Type() == exitCodeType {
			n := int(v.Int())
			code = &n
		}
	}
	return code
}

var exitCodeType = reflect.TypeOf(fx.ExitCode(0))
