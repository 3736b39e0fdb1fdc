package constructor_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/dig"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/fxgraph/dot"
)

type optionalIn struct {
	dig.In
	Optional *int `optional:"true"`
}

type signatureInner struct {
	dig.In
	Inner optionalIn
}

type signatureTop struct {
	dig.In
	Inner optionalIn
	Named string   `name:"y"`
	Group []string `group:"h,soft"`
	Plain []string
}

type signatureOut struct {
	dig.Out
	Named string   `name:"x"`
	Group string   `group:"g"`
	Flat  []string `group:"f,flatten"`
	Plain int
}

func TestSignature(t *testing.T) {
	for name, fn := range map[string]any{
		"of plain parameters and results": func(string, []*int) (int, *string, error) { return 0, nil, nil },
		"of parameter and result objects": func(signatureInner) (signatureOut, error) { return signatureOut{}, nil },
		"of a variadic function":          func(int, ...string) *int { return nil },
		"of groups and names":             func(signatureTop) signatureOut { return signatureOut{} },
	} {
		t.Run(name+" is the one in the graph of dig", func(t *testing.T) {
			c := dig.New()
			require.NoError(t, c.Provide(fn))
			var text strings.Builder
			require.NoError(t, dig.Visualize(c, &text))
			drawn, err := dot.Parse(text.String())
			require.NoError(t, err)
			f, err := constructor.New(fn, 0)
			require.NoError(t, err)
			require.ElementsMatch(t, drawn[0].Needs, f.Needs())
			require.ElementsMatch(t, drawn[0].Provides, f.Provides())
		})
	}
}
