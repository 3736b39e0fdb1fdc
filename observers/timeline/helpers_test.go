package timeline_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

var errRefused = errors.New("connection refused")

const ms = time.Millisecond

// slow is a Resource or a Server whose steps take time.
type slow struct {
	name                      string
	start, stop               time.Duration
	loadErr, startErr, refuse error
}

func (s *slow) Name() string { return s.name }

func (s *slow) Start(ctx context.Context) error {
	if err := pause(ctx, s.start); err != nil {
		return err
	}
	return s.startErr
}

func (s *slow) Stop(ctx context.Context) error {
	if err := pause(ctx, s.stop); err != nil {
		return err
	}
	return s.refuse
}

// loading is one that loads for 5 ms before it starts.
type loading struct{ slow }

func (l *loading) Load(ctx context.Context) error {
	if err := pause(ctx, 5*ms); err != nil {
		return err
	}
	return l.loadErr
}

// checked is one that is ready some time after it has started.
type checked struct {
	slow
	after time.Duration
	ready time.Time
}

func (c *checked) IsReady(context.Context) error {
	if c.ready.IsZero() {
		c.ready = time.Now().Add(c.after)
	}
	if time.Now().Before(c.ready) {
		return errors.New("not yet")
	}
	return nil
}

func resource(name string, start time.Duration) *slow { return &slow{name: name, start: start} }

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// record makes a Runner and the Timeline that observes it.
func record(opts ...runner.StarterOption) (*runner.Runner, *timeline.Timeline) {
	tl := timeline.New()
	own := []runner.StarterOption{runner.WithSignals(), runner.WithObserver(tl)}
	return runner.NewRunner(append(own, opts...)...), tl
}

// history writes a Snapshot down, a line for the application and one for each
// service, with times since Began.
func history(s timeline.Snapshot) []string {
	at := func(what string, t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return fmt.Sprintf("%s=%v", what, t.Sub(s.Began))
	}
	app := []string{
		at("constructed", s.Constructed), at("started", s.Started), at("ready", s.Ready),
		at("shutdown", s.ShutdownBegan), at("stopped", s.Stopped),
	}
	if s.Dropped > 0 {
		app = append(app, fmt.Sprintf("dropped=%d", s.Dropped))
	}
	lines := []string{words(app)}
	for _, service := range s.Services {
		line := []string{
			service.Name, string(service.Kind), at("queued", service.Queued),
			at("load", service.LoadBegan), at("loaded", service.Loaded),
			at("start", service.StartBegan), at("started", service.Started), at("ready", service.Ready),
			at("stop", service.StopBegan), at("stopped", service.Stopped), at("failed", service.Failed),
		}
		if service.Attempts > 0 {
			line = append(line, fmt.Sprintf("attempts=%d", service.Attempts))
		}
		if service.After != nil {
			line = append(line, fmt.Sprintf("after=%v", service.After))
		}
		if service.Barrier != "" {
			line = append(line, fmt.Sprintf("barrier=%q", service.Barrier))
		}
		if service.Err != nil {
			line = append(line, fmt.Sprintf("err=%v", service.Err))
		}
		lines = append(lines, words(line))
	}
	return lines
}

func words(parts []string) string {
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

func requireHistory(t *testing.T, s timeline.Snapshot, lines ...string) {
	t.Helper()
	require.Equal(t, lines, history(s))
}
