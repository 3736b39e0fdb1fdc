package clients_test

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/clients"
)

func TestSecrets(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://app:s3cr3t-%2540@host:5432/db": "postgres://app:xxxxx@host:5432/db",
		"redis://:s3cr3t@host":                     "redis://:xxxxx@host",
		"amqp://app:a:b@c/d@host:port/":            "amqp://app:xxxxx@host:port/",
		"app:s3cr3t@tcp(127.0.0.1:3306)/db":        "app:xxxxx@tcp(127.0.0.1:3306)/db",
		"host=h user=app password=s3cr3t":          "host=h user=app password=xxxxx",
		"host=h password='s3 \\' cr3t' user=app":   "host=h password='xxxxx' user=app",
		"server=h;pwd=s3cr3t;database=db":          "server=h;pwd=xxxxx;database=db",
		"https://host/queue?auth_token=s3cr3t&a=b": "https://host/queue?auth_token=xxxxx&a=b",
		"file:test.db":                             "file:test.db",
		"":                                         "",
	} {
		require.Equal(t, want, clients.SecretsOf(address).Hide(address))
	}

	t.Run("are hidden in all forms", func(t *testing.T) {
		const raw = "p%40ss w/rd"
		secrets := clients.SecretsOf("nats://app:" + url.QueryEscape(raw) + "@host")
		for _, form := range []string{raw, url.QueryEscape(raw), url.PathEscape(raw)} {
			require.Equal(t, "xxxxx", secrets.Hide(form))
		}
	})

	t.Run("are hidden in errors that keep their causes", func(t *testing.T) {
		cause := fmt.Errorf("dial app:s3cr3t@host: %w", net.ErrClosed)
		err := clients.SecretsOf("app:s3cr3t@host").Error(cause)
		require.Equal(t, "dial app:xxxxx@host: "+net.ErrClosed.Error(), err.Error())
		require.ErrorIs(t, err, net.ErrClosed)
	})

	t.Run("change no error that has none", func(t *testing.T) {
		err := errors.New("boom")
		require.Same(t, err, clients.SecretsOf("app:s3cr3t@host").Error(err))
		require.NoError(t, clients.SecretsOf("app:s3cr3t@host").Error(nil))
	})
}
