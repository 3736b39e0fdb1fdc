package retrier

import (
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/go-fxservices/services/internal/identity"
)

// policy is the part of a Builder that the services it has built go by.
type policy struct {
	newBackOff func() backoff.BackOff // nil for the default
	reporter   Reporter               // nil if there is none
	restarts   int
	window     time.Duration
}

// backOff returns a BackOff that begins anew: by default an exponential one with opts.
func (p *policy) backOff(opts ...backoff.ExponentialBackOffOpts) backoff.BackOff {
	var chosen backoff.BackOff
	if p.newBackOff != nil {
		chosen = p.newBackOff()
	}
	if identity.IsNil(chosen) {
		return backoff.NewExponentialBackOff(opts...)
	}
	chosen.Reset()
	return chosen
}
