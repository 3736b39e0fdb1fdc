package inside

import (
	"fmt"
	"os"
	"reflect"
	"sync"
	"time"

	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"
)

// Application is what an fx application keeps to itself about its end.
type Application struct {
	app *fx.App
	log *fxevent.Logger

	stateMu *sync.Mutex
	state   fmt.Stringer // of its lifecycle, guarded by stateMu

	notify     reflect.Value
	stopNotify reflect.Value
	signals    chan os.Signal // with which it listens

	broadcaster interface{ Broadcast(fx.ShutdownSignal) error }
	mu          *sync.Mutex         // of its broadcaster
	last        **fx.ShutdownSignal // what Wait returns at once; guarded by mu
}

// OfShutdowner finds the application that a Shutdowner belongs to, which has to be the one of fx itself.
func OfShutdowner(s fx.Shutdowner) (*Application, error) {
	a := &Application{}
	err := attempt("fx", func() {
		a.app = field[*fx.App](reflect.ValueOf(s).Elem(), "app")
		app := reflect.ValueOf(a.app).Elem()
		a.log = fieldOf(fieldOf(app, "root").Elem(), "log").Addr().Interface().(*fxevent.Logger)
		lifecycle := fieldOf(fieldOf(app, "lifecycle").Elem(), "Lifecycle").Elem()
		a.stateMu = mutexOf(lifecycle, "mu")
		a.state = fieldOf(lifecycle, "state").Addr().Interface().(fmt.Stringer)
		receivers := fieldOf(app, "receivers")
		a.notify, a.stopNotify = fieldOf(receivers, "notify"), fieldOf(receivers, "stopNotify")
		_, _ = a.notify.Interface().(Notify), a.stopNotify.Interface().(StopNotify) // panics now rather than in ListenWith
		a.signals = field[chan os.Signal](receivers, "signals")
		broadcaster := fieldOf(receivers, "b")
		a.broadcaster = broadcaster.Interface().(interface{ Broadcast(fx.ShutdownSignal) error })
		a.mu = mutexOf(broadcaster.Elem(), "m")
		a.last = fieldOf(broadcaster.Elem(), "last").Addr().Interface().(**fx.ShutdownSignal)
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

func mutexOf(v reflect.Value, name string) *sync.Mutex {
	return fieldOf(v, name).Addr().Interface().(*sync.Mutex)
}

// Notify is the type of [os/signal.Notify].
type Notify = func(c chan<- os.Signal, sig ...os.Signal)

// StopNotify is the type of [os/signal.Stop].
type StopNotify = func(c chan<- os.Signal)

// Log returns the logger of the application: that of fx.WithLogger once the application is built.
func (a *Application) Log() fxevent.Logger { return *a.log }

// StartTimeout returns the timeout that fx.StartTimeout has set.
func (a *Application) StartTimeout() time.Duration { return a.app.StartTimeout() }

// StopTimeout returns the timeout that fx.StopTimeout has set.
func (a *Application) StopTimeout() time.Duration { return a.app.StopTimeout() }

// ListenWith makes the application listen for signals with notify and stop, instead of those of package os/signal. It must
// not listen yet.
func (a *Application) ListenWith(notify Notify, stop StopNotify) {
	a.notify.Set(reflect.ValueOf(notify))
	a.stopNotify.Set(reflect.ValueOf(stop))
}

// IsStarting reports whether the application is being started. It is not any more once somebody has called App.Stop. Where
// this is not known, the Application is nil, and IsStarting true.
func (a *Application) IsStarting() bool {
	if a == nil {
		return true
	}
	a.stateMu.Lock()
	defer a.stateMu.Unlock()
	return a.state.String() == "starting"
}

// Tell tells all who wait for the application, or will, that it ends because of a signal, unless they have been told of an end.
func (a *Application) Tell(sig os.Signal) {
	if !a.HasTold() {
		_ = a.broadcaster.Broadcast(fx.ShutdownSignal{Signal: sig}) // fails if somebody does not read what it told before
	}
}

// HasTold reports whether those who wait for the application have been told of its end. A nil Application does not know.
func (a *Application) HasTold() bool {
	if a == nil {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return *a.last != nil
}

// Forget makes the application forget how it ended last, and a signal that came after that. Otherwise Wait and Done of the next
// run would return that at once.
func (a *Application) Forget() {
	a.mu.Lock()
	*a.last = nil
	a.mu.Unlock()
	select {
	case <-a.signals:
	default:
	}
}
