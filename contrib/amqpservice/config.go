package amqpservice

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/rabbitmq/amqp091-go"

	"github.com/go-fxservices/services/internal/clients"
)

// DefaultPrefetch is the Prefetch of a [Config] that has none.
const DefaultPrefetch = 20

// Config says which server a [Resource] connects to, and what its consumers read.
type Config struct {
	// Name is that of the service, in logs and errors, and of the connection on the server. By default "amqp".
	Name string
	// URL is that of the server: amqp://user:password@host:5672/vhost, or amqps:// for TLS. It must be given.
	URL string
	// Queue is what [NewConsumer] reads. It has to exist. By default there is none, and the Resource has no consumers.
	Queue string
	// Prefetch is how many messages the server sends ahead to a consumer: at least as many as it has workers. By default
	// [DefaultPrefetch].
	Prefetch int
}

// Validate returns an error that names the field which is wrong. It shows no password.
func (c Config) Validate() error {
	fail := func(field string, err error) error {
		return fmt.Errorf("amqpservice.Config: %s: %w", field, clients.SecretsOf(c.URL).Error(err))
	}
	if c.URL == "" {
		return fail("URL", errors.New("it must be given"))
	}
	if _, err := amqp091.ParseURI(c.URL); err != nil {
		return fail("URL", clients.BadURL(err))
	}
	if c.Prefetch < 0 {
		return fail("Prefetch", fmt.Errorf("it must not be negative, got %d", c.Prefetch))
	}
	return nil
}

func (c Config) name() string { return cmp.Or(c.Name, "amqp") }
