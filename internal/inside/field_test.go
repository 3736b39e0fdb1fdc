package inside_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/inside"
)

type other struct {
	name  string
	count int
}

func TestFieldsThatAreNotWhatTheyWere(t *testing.T) {
	v := reflect.ValueOf(&other{name: "x", count: 1}).Elem()
	require.Equal(t, "x", inside.FieldString(v, "name"))

	err := inside.Attempt("dig", func() { inside.FieldOf(v, "scope") })
	require.EqualError(t, err, "this version of dig cannot be read: inside_test.other has no field scope")
	err = inside.Attempt("dig", func() { inside.FieldString(v, "count") })
	require.EqualError(t, err, "this version of dig cannot be read: inside_test.other.count is a int")
	require.NoError(t, inside.Attempt("dig", func() {}))
}

func TestLabels(t *testing.T) {
	for function, want := range map[string]string{
		"main.main":                       "main.main",
		"example.com/app.(*Store).New-fm": "example.com/app.(*Store).New-fm",
		"gopkg.in/store%2ev2.New":         "gopkg.in/store.v2.New",
		"example.com/app.New[...]":        "example.com/app.New[...]",
		"example.com/100%zz.New":          "example.com/100%zz.New",
		"nothing":                         "nothing",
	} {
		require.Equal(t, want, inside.LabelOf(function))
	}
	require.Empty(t, inside.LabelAt(0))
}
