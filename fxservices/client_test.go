package fxservices_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/fxservices/fxservicestest"
	"github.com/go-fxservices/services/runner"
)

// conn is what a library has for a client.
type conn struct{ of string }

type connResource struct {
	runner.Resource
	conn *conn
}

func (r *connResource) Client() *conn { return r.conn }

func newConn(c Config) (*connResource, error) {
	return &connResource{runner.NewResource(c.Address, nil, nil), &conn{c.Address}}, nil
}

type connUser struct{ runner.Server }

func newConnUser(p *conn) *connUser {
	return &connUser{runner.NewServer("user of "+p.of, untilEnd, nil)}
}

func TestProvideClient(t *testing.T) {
	for mode, opts := range map[string][]fxservices.Option{"one at a time": nil, "concurrent": {fxservices.Concurrent(1)}} {
		t.Run("provides two of a kind, each before those who take its client, "+mode, func(t *testing.T) {
			named := fx.ResultTags(`name:"reporting"`)
			app := fxservicestest.New(t,
				fx.Supply(Config{"main"}, fx.Annotate(Config{"reporting"}, named)),
				fxservices.ProvideClient(newConn),
				fxservices.ProvideClient(newConn, fxservices.Named("ignored"), fxservices.Named("reporting")),
				fxservices.Provide(newConnUser),
				fxservices.Provide(newConnUser, fxservices.Named("reporting")),
				module(opts...),
			)
			app.RequireStart()
			app.RequireStop()
			order := app.Order()
			require.ElementsMatch(t, []string{"main", "reporting", "user of main", "user of reporting"}, order)
			for _, name := range []string{"main", "reporting"} {
				require.Less(t, slices.Index(order, name), slices.Index(order, "user of "+name))
			}
		})
	}

	t.Run("starts no client that nobody takes", func(t *testing.T) {
		app := fxservicestest.New(t, fx.Supply(Config{"main"}), fxservices.ProvideClient(newConn), module())
		app.RequireStart()
		app.RequireStop()
		require.Empty(t, app.Order())
	})
}

func TestNamed(t *testing.T) {
	t.Run("is none if it is empty", func(t *testing.T) {
		require.Empty(t, fxservices.Named("").Tag())
		require.Equal(t, "start db, stop db", live(t, fxservices.Provide(NewDB, fxservices.Named("")), needing[*DB]()))
	})

	t.Run("refuses a constructor that is annotated, and says what is none", func(t *testing.T) {
		err := refusal(t, fxservices.Provide(fx.Annotate(NewDB, fx.ResultTags(`name:"other"`)), fxservices.Named("reporting")))
		require.ErrorContains(t, err, "Named names the parameters and results of plain functions")
		require.ErrorContains(t, refusal(t, fxservices.Provide(nil, fxservices.Named("reporting"))), "argument 1 is nil")
	})
}
