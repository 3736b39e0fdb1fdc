package runner

import (
	"bytes"
	"context"
	"fmt"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"time"
)

// labelKey is the profiler label that carries the name of the service whose code
// a goroutine runs. Goroutines that this code starts inherit it.
const labelKey = "service"

// labels holds a labelled context for each name, so that a name costs once. It
// is bounded, since names may be made up at run time.
var labels struct {
	contexts sync.Map // string to context.Context
	count    atomic.Int64
}

const maxLabels = 1 << 14

func labelled(name string) context.Context {
	if ctx, ok := labels.contexts.Load(name); ok {
		return ctx.(context.Context)
	}
	ctx := pprof.WithLabels(context.Background(), pprof.Labels(labelKey, name))
	if labels.count.Add(1) <= maxLabels {
		labels.contexts.Store(name, ctx)
	}
	return ctx
}

// label marks the running goroutine as working for u.
func (u *unit) label() { pprof.SetGoroutineLabels(u.labels) }

// profile is the goroutine profile. It stops the world for a moment, and so is
// taken once for calls that are abandoned together.
type profile struct {
	mu    sync.Mutex
	taken time.Time
	text  []byte
}

const profileLasts = 20 * time.Millisecond

func (p *profile) at(now time.Time) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.text == nil || now.Sub(p.taken) > profileLasts {
		var text bytes.Buffer
		if pprof.Lookup("goroutine").WriteTo(&text, 1) != nil {
			return nil
		}
		p.taken, p.text = now, text.Bytes()
	}
	return p.text
}

// stacks returns the stacks of the goroutines that are labelled with name, in
// the form of the goroutine profile.
func (p *profile) stacks(name string, now time.Time) []byte {
	mark := fmt.Appendf(nil, "%q:%q", labelKey, name)
	var found [][]byte
	for record := range bytes.SplitSeq(p.at(now), []byte("\n\n")) {
		for line := range bytes.Lines(record) {
			if bytes.HasPrefix(line, []byte("# labels: ")) && bytes.Contains(line, mark) {
				found = append(found, bytes.TrimSpace(record))
			}
		}
	}
	return bytes.Join(found, []byte("\n\n"))
}
