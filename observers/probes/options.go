package probes

import "time"

// Option configures [Probes]; see [New].
type Option func(*settings)

const (
	defaultTimeout  = time.Second
	defaultCacheFor = time.Second
)

// settings are what Options set. They do not change after New.
type settings struct {
	timeout      time.Duration
	cacheFor     time.Duration
	showErrors   bool
	healthCounts bool // IsHealthy decides /readyz, too
}

// Timeout limits each check: IsReady or IsHealthy of a service, or the function of an added check. Its context ends then,
// and the check has failed, whether or not it returns. The default, and 0 or less, is 1 s. A service with both IsReady and
// IsHealthy is asked for one after the other, and may take twice as long.
func Timeout(d time.Duration) Option {
	return func(s *settings) {
		if s.timeout = d; d <= 0 {
			s.timeout = defaultTimeout
		}
	}
}

// CacheFor sets how long the answer of a check serves other probes, from the moment it is there. The default is 1 s. With 0
// or less, each probe asks anew, unless another is asking at that moment.
func CacheFor(d time.Duration) Option {
	return func(s *settings) { s.cacheFor = max(d, 0) }
}

// ShowErrors puts the texts of errors into the answers. By default they have only names: errors may carry secrets, and
// probes are often open to everybody.
func ShowErrors() Option {
	return func(s *settings) { s.showErrors = true }
}

// HealthCountsAsReady lets IsHealthy of services decide /readyz, too. By default it decides only /healthz.
func HealthCountsAsReady() Option {
	return func(s *settings) { s.healthCounts = true }
}
