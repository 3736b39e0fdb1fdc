package probes

// Kind says which probes ask a check.
type Kind string

// The kinds of checks.
const (
	Live   Kind = "live"   // /livez
	Ready  Kind = "ready"  // /readyz and /healthz
	Health Kind = "health" // /healthz
)
