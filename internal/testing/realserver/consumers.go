//go:build unix

package realserver

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// Listen lets a server listen, and waits until it is ready. Stop closes it, and waits for its end.
func Listen(t *testing.T, s interface {
	runner.Server
	runner.ReadyChecker
}) (stop func()) {
	t.Helper()
	listened := make(chan error, 1)
	go func() { listened <- s.Listen(context.Background()) }()
	require.Eventually(t, func() bool { return s.IsReady(t.Context()) == nil }, time.Minute, time.Millisecond)
	return func() {
		t.Helper()
		require.NoError(t, s.Close(context.Background()))
		require.NoError(t, <-listened)
	}
}

// Handled are the texts of the messages that a handler was called with. The zero value has none. It is safe for concurrent use.
type Handled struct {
	mu    sync.Mutex
	texts []string
}

// Note adds a text, and returns how often it has come.
func (h *Handled) Note(text string) (times int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.texts = append(h.texts, text)
	for _, t := range h.texts {
		if t == text {
			times++
		}
	}
	return times
}

// All returns all texts, in the order in which they came.
func (h *Handled) All() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.texts)
}

// Await waits for as many texts, which must be these.
func (h *Handled) Await(t *testing.T, texts ...string) {
	t.Helper()
	require.Eventually(t, func() bool { return len(h.All()) >= len(texts) }, time.Minute, time.Millisecond)
	require.Equal(t, texts, h.All())
}
