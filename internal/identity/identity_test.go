package identity_test

import (
	"reflect"
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

type holder struct {
	list  []int
	table map[string]int
	call  func()
	any   any
	array [2][]int
	inner struct{ p *sized }
}

func TestMayBe(t *testing.T) {
	mayBe := func(a, b any) bool { return identity.MayBe(reflect.ValueOf(a), reflect.ValueOf(b)) }
	list, one := make([]int, 2, 4), 1
	full := func() holder {
		return holder{list: list, table: map[string]int{}, call: func() { one++ }, any: list, array: [2][]int{list, nil}}
	}

	t.Run("is true for one instance, also behind interfaces", func(t *testing.T) {
		h := full()
		for _, v := range []any{nil, 1, "a", sized{1}, &sized{}, &struct{}{}, list, h.table, h.call, h, [1]holder{h}} {
			require.True(t, mayBe(v, v), "%T", v)
			boxed := []any{v}
			require.True(t, identity.MayBe(reflect.ValueOf(boxed).Index(0), reflect.ValueOf(&v).Elem()), "%T", v)
		}
		require.True(t, mayBe(sized{1}, sized{1}), "it cannot be known")
	})

	t.Run("is false for others, of which only a part may differ", func(t *testing.T) {
		for name, change := range map[string]func(*holder){
			"the slice":       func(h *holder) { h.list = make([]int, 2, 4) },
			"its length":      func(h *holder) { h.list = list[:1] },
			"its capacity":    func(h *holder) { h.list = list[:2:2] },
			"the map":         func(h *holder) { h.table = map[string]int{} },
			"the function":    func(h *holder) { h.call = nil },
			"the interface":   func(h *holder) { h.any = 1 },
			"an array":        func(h *holder) { h.array[1] = list },
			"a pointer":       func(h *holder) { h.inner.p = &sized{} },
			"a nil interface": func(h *holder) { h.any = nil },
		} {
			h := full()
			changed := h
			change(&changed)
			require.False(t, mayBe(h, changed), name)
		}
		require.False(t, mayBe(&sized{}, &sized{}))
		require.False(t, mayBe(1, "a"))
		require.False(t, mayBe(nil, 1))
		require.False(t, mayBe(1, nil))
	})
}
