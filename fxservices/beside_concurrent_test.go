package fxservices_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/observers/timeline/draw"
	"github.com/go-fxservices/services/runner"
)

// slowPair is two resources that have nothing to do with each other.
func slowPair(j *journal) []runner.Service {
	return []runner.Service{j.Resource("db", takes(time.Second)), j.Resource("queue", takes(2*time.Second))}
}

func TestBesideIndependentServices(t *testing.T) {
	inBubble(t, "plain fx starts one after the other", func(t *testing.T) {
		took, err := start(t, (&journal{}).application(inHooks(slowPair(&journal{})...)))
		require.NoError(t, err)
		require.Equal(t, 3*time.Second, took)
	})

	inBubble(t, "fxservices starts them at the same time", func(t *testing.T) {
		app := (&journal{}).application(module(fxservices.Concurrent()), managed(slowPair(&journal{})...))
		took, err := start(t, app)
		require.NoError(t, err)
		require.Equal(t, 2*time.Second, took)
		_, err = stop(t, app)
		require.NoError(t, err)
	})
}

func TestBesideTimeOfTheStart(t *testing.T) {
	inBubble(t, "plain fx tells how long each hook took, and not what it waited for", func(t *testing.T) {
		var events []fxevent.Event
		app := fx.New(fx.WithLogger(func() fxevent.Logger { return eventLog{&events} }), inHooks(slowPair(&journal{})...))
		_, err := start(t, app)
		require.NoError(t, err)
		var took []time.Duration
		for _, event := range events {
			if executed, ok := event.(*fxevent.OnStartExecuted); ok {
				took = append(took, executed.Runtime)
			}
		}
		require.Equal(t, []time.Duration{time.Second, 2 * time.Second}, took)
	})

	inBubble(t, "fxservices draws what started when, and which chain decided", func(t *testing.T) {
		var tl *timeline.Timeline
		app := (&journal{}).application(module(fxservices.Concurrent()), managed(slowPair(&journal{})...),
			fxservices.Timeline(), fx.Populate(&tl))
		_, err := start(t, app)
		require.NoError(t, err)
		s := tl.Snapshot()
		path := s.CriticalPath()
		require.Len(t, path, 1)
		require.Equal(t, "queue", s.Services[path[0]].Name)
		require.Equal(t, 2*time.Second, s.Own(path[0]))
		var picture bytes.Buffer
		require.NoError(t, draw.SVG(&picture, s))
		require.Contains(t, picture.String(), "critical path")
		_, err = stop(t, app)
		require.NoError(t, err)
	})
}
