package sqsservice

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"time"
)

const (
	// DefaultWaitTime is the WaitTime of a [Config] that has none.
	DefaultWaitTime = 20 * time.Second
	// DefaultVisibilityTimeout is the VisibilityTimeout of a [Config] that has none.
	DefaultVisibilityTimeout = 30 * time.Second
)

// Config says which queue a [Resource] is for. The login comes from where the SDK looks for it: variables, files, the role of the
// machine.
type Config struct {
	// Name is that of the service, in logs and errors. By default "sqs".
	Name string
	// QueueURL is the URL of the queue. It must be given.
	QueueURL string
	// Region is that of the queue. By default that of the SDK: AWS_REGION, or the profile.
	Region string
	// Endpoint is the URL of the service, for one that is not Amazon's. By default it is Amazon's in the region.
	Endpoint string
	// WaitTime is how long a receive waits for a message: whole seconds, at most 20. By default [DefaultWaitTime].
	WaitTime time.Duration
	// VisibilityTimeout is for how long a message that was received is not given to others, whole seconds, at most 12 hours. While a
	// message is handled it is extended again and again; it counts when the process is killed. By default [DefaultVisibilityTimeout].
	VisibilityTimeout time.Duration
}

// Validate returns an error that names the field which is wrong.
func (c Config) Validate() error {
	fail := func(field string, err error) error { return fmt.Errorf("sqsservice.Config: %s: %w", field, err) }
	if c.QueueURL == "" {
		return fail("QueueURL", errors.New("it must be given"))
	}
	for field, text := range map[string]string{"QueueURL": c.QueueURL, "Endpoint": c.Endpoint} {
		u, err := url.Parse(text)
		if text != "" && (err != nil || u.Host == "") {
			return fail(field, fmt.Errorf("%q is not a URL with a host", text))
		}
	}
	if err := within(c.WaitTime, 20*time.Second); err != nil {
		return fail("WaitTime", err)
	}
	if err := within(c.VisibilityTimeout, 12*time.Hour); err != nil {
		return fail("VisibilityTimeout", err)
	}
	return nil
}

// within returns an error unless d is whole seconds from 0 to a longest time.
func within(d, longest time.Duration) error {
	if d < 0 || d > longest || d%time.Second != 0 {
		return fmt.Errorf("it must be whole seconds, at most %v, got %v", longest, d)
	}
	return nil
}

func (c Config) name() string { return cmp.Or(c.Name, "sqs") }

func (c Config) wait() time.Duration { return cmp.Or(c.WaitTime, DefaultWaitTime) }

func (c Config) visibility() time.Duration {
	return cmp.Or(c.VisibilityTimeout, DefaultVisibilityTimeout)
}
