package runner

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// WithDump lets the Runner write [Runner.Dump] to w each time one of sigs comes,
// while it listens for signals; nothing ends by them. Without sigs it is SIGQUIT, at
// which a Go program ends otherwise. The Runner waits for w, which must not block.
// What goes wrong with writing is not told. With a nil w there is no dump.
func WithDump(w io.Writer, sigs ...os.Signal) StarterOption {
	if len(sigs) == 0 {
		sigs = []os.Signal{syscall.SIGQUIT}
	}
	return func(r *Runner) { r.config.dump, r.config.dumpSignals = w, sigs }
}

// Dump writes the state of the Runner, that of each service which is started or
// belongs to a Run under way, and the stacks of the goroutines of that service, to w
// in one Write. It can be called at any time, also while something is stuck. It
// briefly stops the world, as a goroutine profile does.
func (r *Runner) Dump(w io.Writer) error {
	var text bytes.Buffer
	fmt.Fprintf(&text, "runner: %v\n", r.State())
	now := time.Now()
	for _, status := range r.everything() {
		fmt.Fprintf(&text, "%s %q: %v\n", status.Kind, status.Name, status.State)
		for line := range bytes.Lines(r.profile.stacks(status.Name, now)) {
			fmt.Fprintf(&text, "\t%s\n", bytes.TrimRight(line, "\n"))
		}
	}
	_, err := w.Write(text.Bytes())
	return err
}

// everything returns what is started, and then what Runs under way have not
// started, or not any more.
func (r *Runner) everything() []Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []Status
	seen := map[*unit]bool{}
	add := func(u *unit) {
		if u != nil && !seen[u] {
			seen[u] = true
			all = append(all, u.status())
		}
	}
	for _, u := range r.ledger {
		add(u)
	}
	if r.life == nil {
		return all
	}
	for run := range r.life.runs {
		for i := range run.units {
			add(&run.units[i])
		}
	}
	return all
}

// dumpOnSignal dumps until the life is over.
func (r *Runner) dumpOnSignal(l *life) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, r.config.dumpSignals...)
	l.watchers.Go(func() {
		defer signal.Stop(signals)
		for {
			select {
			case <-signals:
				_ = r.Dump(r.config.dump)
			case <-l.quit:
				return
			}
		}
	})
}
