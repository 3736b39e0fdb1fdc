package natsservice

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/go-fxservices/services/internal/clients"
)

// Config says which server a [Resource] connects to, and what its consumers read.
type Config struct {
	// Name is that of the service, in logs and errors, and of the connection on the server. By default "nats".
	Name string
	// URL is that of a server, nats://user:password@host:4222, or those of several with commas between them. It must be given.
	URL string
	// Stream is the stream of JetStream that [NewConsumer] reads. It has to exist. Stream and Durable go together; by default there is
	// none, and the Resource has no consumers.
	Stream string
	// Durable is the name of the consumer on the server, which keeps what has been acknowledged. One that does not exist is made, with
	// AckWait and the defaults of the server.
	Durable string
	// AckWait is how long a Durable that is made waits for a consumer that is gone, before a message comes again. By default it is that of
	// the server, 30 s. A message that was given back when a consumer closed comes again at once, unless the server restarts too.
	AckWait time.Duration
	// Options are for logins other than in URL, TLS and the like. By default there are none. Reconnecting is on without a limit, unless
	// they say otherwise.
	Options []nats.Option
}

// Validate returns an error that names the field which is wrong. It shows no password.
func (c Config) Validate() error {
	fail := func(field string, err error) error {
		return fmt.Errorf("natsservice.Config: %s: %w", field, c.secrets().Error(err))
	}
	if c.URL == "" {
		return fail("URL", errors.New("it must be given"))
	}
	for one := range strings.SplitSeq(c.URL, ",") {
		one = strings.TrimSpace(one)
		if !strings.Contains(one, "://") {
			one = "nats://" + one
		}
		u, err := url.Parse(one)
		switch {
		case err != nil:
			return fail("URL", clients.BadURL(err))
		case u.Host == "":
			return fail("URL", errors.New("there is no host in it"))
		}
	}
	switch {
	case c.Stream == "" && c.Durable != "":
		return fail("Stream", errors.New("it must be given, because Durable is"))
	case c.AckWait < 0:
		return fail("AckWait", fmt.Errorf("it must not be negative, got %v", c.AckWait))
	case c.Stream != "" && c.Durable == "":
		return fail("Durable", errors.New("it must be given, because Stream is"))
	}
	return nil
}

func (c Config) name() string { return cmp.Or(c.Name, "nats") }

// secrets are the passwords of the URLs, and tokens, which are users without one.
func (c Config) secrets() clients.Secrets {
	var all clients.Secrets
	for one := range strings.SplitSeq(c.URL, ",") {
		all = append(all, clients.SecretsOf(one)...)
		if u, err := url.Parse(strings.TrimSpace(one)); err == nil && u.User != nil {
			if _, hasPassword := u.User.Password(); !hasPassword {
				all = append(all, clients.Secret(u.User.Username())...)
			}
		}
	}
	return all
}
