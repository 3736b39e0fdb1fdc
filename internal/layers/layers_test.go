package layers_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/layers"
)

// service is the type of services in these tests.
type service interface{ Name() string }

type (
	settings = layers.Settings[service]

	leaf struct{ name string }

	wrapper struct{ inner service }

	carrier struct {
		wrapper
		set settings
	}

	// circle wraps itself.
	circle struct{}
)

func (l *leaf) Name() string                 { return l.name }
func (*wrapper) Name() string                { return "wrapper" }
func (w *wrapper) Unwrap() service           { return w.inner }
func (c *carrier) ServiceSettings() settings { return c.set }
func (*circle) Name() string                 { return "circle" }
func (c *circle) Unwrap() service            { return c }

func within(inner service, set settings) service { return &carrier{wrapper{inner}, set} }

func TestAll(t *testing.T) {
	inner := &leaf{"db"}
	middle := &wrapper{inner}
	outer := &wrapper{middle}

	t.Run("goes from the outside to the inside", func(t *testing.T) {
		require.Equal(t, []service{outer, middle, inner}, slices.Collect(layers.All[service](outer)))
		require.Same(t, inner, layers.Innermost[service](outer))
	})

	t.Run("ends where nobody wants more", func(t *testing.T) {
		for layer := range layers.All[service](outer) {
			require.Same(t, outer, layer)
			break
		}
	})

	t.Run("ends before nil, typed or not", func(t *testing.T) {
		for _, none := range []service{nil, (*leaf)(nil), (*wrapper)(nil)} {
			require.Empty(t, slices.Collect(layers.All(none)))
			require.Nil(t, layers.Innermost(none))
			lost := &wrapper{none}
			require.Same(t, lost, layers.Innermost[service](lost))
		}
	})

	t.Run("ends though a wrapper wraps itself", func(t *testing.T) {
		require.NotNil(t, layers.Innermost[service](&circle{}))
	})
}

func TestSettingsOf(t *testing.T) {
	second, minute, empty := time.Second, time.Minute, ""
	db, cache, api := &leaf{"db"}, &leaf{"cache"}, &leaf{"api"}

	t.Run("takes the outermost value, and adds up what comes before", func(t *testing.T) {
		s := within(&wrapper{within(api, settings{
			StartTimeout: &second, StopTimeout: &minute, After: []service{db}, Barrier: &empty,
		})}, settings{StartTimeout: &minute, After: []service{cache}})
		require.Equal(t, settings{
			StartTimeout: &minute, StopTimeout: &minute, After: []service{cache, db}, Barrier: &empty,
		}, layers.SettingsOf(s))
		require.Equal(t, []service{cache, db}, layers.DependenciesOf(s))
	})

	t.Run("changes no settings of a layer", func(t *testing.T) {
		shared := make([]service, 1, 2)
		shared[0] = cache
		outer := settings{After: shared}
		layers.SettingsOf(within(within(api, settings{After: []service{db}}), outer))
		require.Nil(t, shared[:2][1])
	})

	t.Run("finds none where no layer has any", func(t *testing.T) {
		require.Zero(t, layers.SettingsOf[service](&wrapper{api}))
		require.Zero(t, layers.SettingsOf[service](nil))
	})
}

func TestBarrierOf(t *testing.T) {
	why, none := "a hook", ""

	t.Run("returns the reason, also an empty one", func(t *testing.T) {
		for _, want := range []*string{&why, &none} {
			reason, ok := layers.BarrierOf(within(&leaf{}, settings{Barrier: want}))
			require.True(t, ok)
			require.Equal(t, *want, reason)
		}
	})

	t.Run("is false for anything else", func(t *testing.T) {
		_, ok := layers.BarrierOf[service](&leaf{})
		require.False(t, ok)
	})
}

// keyed is a layer with a key.
type keyed struct {
	carrier
	key any
}

func (k *keyed) ServiceKey() any { return k.key }

func TestKeyOf(t *testing.T) {
	db := &leaf{"db"}
	require.Equal(t, any(db), layers.KeyOf[service](within(db, settings{})), "the innermost service")
	require.Equal(t, "key", layers.KeyOf[service](&wrapper{&keyed{carrier{wrapper: wrapper{db}}, "key"}}), "a layer has a key")
	require.Nil(t, layers.KeyOf[service](nil))
}
