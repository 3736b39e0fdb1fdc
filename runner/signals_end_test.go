package runner_test

import (
	"context"
	"os"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// lingering is an Observer that is told of signals until release is closed, and
// then for as long as others do something.
type lingering struct {
	witness
	release chan struct{}
}

func newLingering() lingering { return lingering{witness{&journal{}}, make(chan struct{})} }

func (l lingering) SignalReceived(sig os.Signal) {
	l.witness.SignalReceived(sig)
	<-l.release
	synctest.Wait() // for all that does not wait for this
	l.note("told of %v", sig)
}

// start starts a resource that stops with stop.
func (l lingering) start(t *testing.T, signals buffered, stop call) *runner.Runner {
	t.Helper()
	r := runner.NewRunner(runner.WithListenerBuilder(func() runner.Listener { return signals }), runner.WithObserver(l))
	require.NoError(t, r.Start(t.Context(), runner.NewResource("db", nil, stop)))
	return r
}

// finishing returns once Finish has stopped everything while the Observer is still
// told of a signal.
func (l lingering) finishing(t *testing.T, signals buffered) (wait func() error) {
	t.Helper()
	r := l.start(t, signals, func(context.Context) error {
		signals <- os.Interrupt
		return nil
	})
	wait = async(func() error {
		defer l.note("finished")
		return r.Finish(t.Context())
	})
	synctest.Wait()
	return wait
}

func TestSignalAtTheEnd(t *testing.T) {
	inBubble(t, "is told before Finish returns", func(t *testing.T) {
		o, signals := newLingering(), make(buffered, 3)
		wait := o.finishing(t, signals)
		require.NotContains(t, o.all(), "finished")
		close(o.release)
		require.NoError(t, wait())
		all := o.all()
		require.Equal(t, "finished", all[len(all)-1])
	})

	inBubble(t, "is told though Finish has nothing else to wait for", func(t *testing.T) {
		for range 20 { // by chance it might be
			o, signals := newLingering(), make(buffered, 3)
			wait := o.finishing(t, signals)
			signals <- sigterm
			close(o.release)
			if err := wait(); err != nil { // it is the second, and may still cut something short
				requireSignalError(t, err, sigterm)
			}
			require.Contains(t, o.all(), "signal terminated")
		}
	})

	inBubble(t, "is told before anything is stopped if it came before Finish, while another was told", func(t *testing.T) {
		for range 20 { // by chance it might be
			o, signals := newLingering(), make(buffered, 3)
			r := o.start(t, signals, nil)
			signals <- os.Interrupt
			synctest.Wait()
			signals <- sigterm
			wait := async(func() error { return r.Finish(t.Context()) })
			synctest.Wait()
			close(o.release)
			requireSignalError(t, wait(), sigterm)
			all := o.all()
			require.Contains(t, all, "told of terminated")
			require.Less(t, slices.Index(all, "told of terminated"), slices.Index(all, "before stop db"))
		}
	})
}
