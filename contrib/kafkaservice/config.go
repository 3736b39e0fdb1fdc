package kafkaservice

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/go-fxservices/services/internal/clients"
)

// Config says which cluster a [Resource] connects to, and what its consumers read.
type Config struct {
	// Name is that of the service, in logs and errors, and of the client on the brokers. By default "kafka".
	Name string
	// Brokers are host:port of some brokers of the cluster, which tell of the others. At least one must be given.
	Brokers []string
	// Group is the consumer group of [NewConsumer]. Group and Topics go together; by default there is none, and the Resource has no
	// consumers.
	Group string
	// Topics are what the group reads.
	Topics []string
	// Options are for logins, TLS, compression and the like; they win over those of this package. Options for groups, such as
	// kgo.SessionTimeout, count for the consumers. By default there are none.
	Options []kgo.Opt
}

// Validate returns an error that names the field which is wrong.
func (c Config) Validate() error {
	fail := func(field string, err error) error { return fmt.Errorf("kafkaservice.Config: %s: %w", field, err) }
	if len(c.Brokers) == 0 {
		return fail("Brokers", errors.New("at least one must be given"))
	}
	for _, broker := range c.Brokers {
		if _, _, err := net.SplitHostPort(broker); err != nil {
			return fail("Brokers", err)
		}
	}
	switch {
	case c.Group == "" && len(c.Topics) > 0:
		return fail("Group", errors.New("it must be given, because Topics are"))
	case c.Group != "" && len(c.Topics) == 0:
		return fail("Topics", errors.New("they must be given, because Group is"))
	case slices.Contains(c.Topics, ""):
		return fail("Topics", errors.New("one is empty"))
	}
	if err := kgo.ValidateOpts(c.options(&clients.Conns{})...); err != nil {
		return fail("Options", err)
	}
	return nil
}

func (c Config) name() string { return cmp.Or(c.Name, "kafka") }

// options returns those of a client that dials as conns do, unless Options say how to dial.
func (c Config) options(conns *clients.Conns, more ...kgo.Opt) []kgo.Opt {
	own := append([]kgo.Opt{kgo.SeedBrokers(c.Brokers...), kgo.ClientID(c.name()), kgo.DisableClientMetrics()}, more...)
	all := append(append(own[:len(own):len(own)], kgo.Dialer(conns.Dial(nil))), c.Options...)
	if kgo.ValidateOpts(all...) != nil { // Dialer and DialTLS are for one alone
		return append(own, c.Options...)
	}
	return all
}
