package identity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/identity"
)

type sized struct{ n int }

func TestIsNil(t *testing.T) {
	t.Run("is true for nil, and for nil in an interface", func(t *testing.T) {
		for _, v := range []any{nil, (*sized)(nil), map[string]int(nil), []int(nil), (func())(nil), (chan int)(nil), error(nil)} {
			require.True(t, identity.IsNil(v), "%T", v)
		}
	})

	t.Run("is false for anything else", func(t *testing.T) {
		for _, v := range []any{&sized{}, sized{}, 0, "", map[string]int{}, []int{}, func() {}, make(chan int)} {
			require.False(t, identity.IsNil(v), "%T", v)
		}
	})
}

func TestOf(t *testing.T) {
	t.Run("is the same for the same instance, whatever its static type", func(t *testing.T) {
		instance := &sized{}
		require.NotNil(t, identity.Of(instance))
		require.Same(t, instance, identity.Of(any(instance)))
	})

	t.Run("is another one for another instance", func(t *testing.T) {
		one, other := &sized{}, &sized{}
		require.NotSame(t, identity.Of(one), identity.Of(other))
	})

	t.Run("is nil where instances cannot be told apart", func(t *testing.T) {
		for _, v := range []any{nil, sized{}, &struct{}{}, 1, []int{1}, func() {}} {
			require.Nil(t, identity.Of(v), "%T", v)
		}
	})
}

func TestAlike(t *testing.T) {
	t.Run("finds an instance, and a value that is equal", func(t *testing.T) {
		one, other := &sized{}, &sized{}
		require.Equal(t, identity.Alike(one), identity.Alike(any(one)))
		require.NotSame(t, identity.Alike(one), identity.Alike(other))
		require.Equal(t, any(sized{1}), identity.Alike(sized{1}))
		require.NotEqual(t, identity.Alike(sized{1}), identity.Alike(sized{2}))
	})

	t.Run("finds a value that cannot be compared by the copies of its interface value", func(t *testing.T) {
		var one, other any = []int{1}, []int{1}
		another := one
		require.Equal(t, identity.Alike(one), identity.Alike(another))
		require.NotEqual(t, identity.Alike(one), identity.Alike(other))
	})

	t.Run("is nil for nil", func(t *testing.T) {
		require.Nil(t, identity.Alike(nil))
		require.Nil(t, identity.Alike((*sized)(nil)))
	})

	t.Run("costs no memory for a pointer", func(t *testing.T) {
		var one any = &sized{}
		require.Zero(t, testing.AllocsPerRun(100, func() { _ = identity.Alike(one) }))
	})
}
