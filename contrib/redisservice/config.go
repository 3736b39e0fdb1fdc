package redisservice

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/go-fxservices/services/internal/clients"
)

// Config says which server a [Resource] connects to. It needs a URL or Addrs, not both.
type Config struct {
	// Name is that of the service, in logs and errors. By default "redis".
	Name string
	// URL is what [redis.ParseURL] takes: redis://user:password@host:6379/0, rediss:// for TLS, unix:///path.
	URL string
	// Addrs are host:port of one server, of several nodes of a cluster, or of sentinels, which MasterName tells.
	Addrs []string
	// MasterName is the name that sentinels know. Only with Addrs; by default there are no sentinels.
	MasterName string
	// Username and Password are the login at Addrs. By default there is none.
	Username, Password string
	// TLS encrypts the connections to Addrs. By default they are plain.
	TLS *tls.Config
	// Configure changes the options of the client at Addrs, after all others. By default it changes nothing. The context of each
	// command counts, whatever Configure says.
	Configure func(*redis.UniversalOptions)
}

// Validate returns an error that names the field which is wrong. It shows no password.
func (c Config) Validate() error {
	fail := func(field string, err error) error {
		return fmt.Errorf("redisservice.Config: %s: %w", field, c.secrets().Error(err))
	}
	if c.URL != "" {
		_, err := redis.ParseURL(c.URL)
		switch {
		case err != nil:
			return fail("URL", clients.BadURL(err))
		case len(c.Addrs) > 0:
			return fail("Addrs", errors.New("there is a URL too: give one of them"))
		case c.MasterName != "" || c.Username != "" || c.Password != "" || c.TLS != nil || c.Configure != nil:
			return fail("URL", errors.New("MasterName, Username, Password, TLS and Configure are for Addrs"))
		}
		return nil
	}
	if len(c.Addrs) == 0 {
		return fail("URL", errors.New("it must be given, or Addrs"))
	}
	for _, addr := range c.Addrs {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			return fail("Addrs", err)
		}
	}
	return nil
}

func (c Config) name() string { return cmp.Or(c.Name, "redis") }

func (c Config) secrets() clients.Secrets {
	if c.URL != "" {
		return clients.SecretsOf(c.URL)
	}
	return clients.Secret(c.Password)
}

// open returns a client that dials as conns do. The Config is valid.
func (c Config) open(conns *clients.Conns) redis.UniversalClient {
	if c.URL != "" {
		options, _ := redis.ParseURL(c.URL) // Validate has seen its error
		options.ContextTimeoutEnabled = true
		options.Dialer = conns.Dial(redis.NewDialer(options))
		return redis.NewClient(options)
	}
	options := &redis.UniversalOptions{
		Addrs: slices.Clone(c.Addrs), MasterName: c.MasterName, Username: c.Username, Password: c.Password, TLSConfig: c.TLS,
	}
	if c.Configure != nil {
		c.Configure(options)
	}
	options.ContextTimeoutEnabled = true
	if options.Dialer == nil {
		options.Dialer = redis.NewDialer(&redis.Options{TLSConfig: options.TLSConfig, DialTimeout: options.DialTimeout})
	}
	options.Dialer = conns.Dial(options.Dialer)
	return redis.NewUniversalClient(options)
}
