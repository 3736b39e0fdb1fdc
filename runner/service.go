package runner

import (
	"context"
	"fmt"
)

// Service is a part of a program: a [Resource] or a [Server].
//
// Name identifies it in errors, logs and profiles. It should be constant and
// need not be unique. An empty name reads as the Go type of the service.
type Service interface {
	Name() string
}

// Resource is a Service that others depend on: a database, a broker, a cache.
//
// Start returns nil once the resource can be used, and its context ends with
// the start: it must not be kept. Stop returns once everything the resource held
// is released. Stop is called only after Start has returned nil, and never
// while Start runs.
type Resource interface {
	Service
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
}

// Server is a Service that accepts work from Listen until Close: an HTTP or
// gRPC server, a consumer.
//
// Listen may block until Close, or return nil at once and serve in the
// background: nil is never a failure. An error that it returns before Close was
// called is a failure of the server and ends the run. The context of Listen has
// no deadline; it ends once Close has returned, or with the stop timeout. Close
// asks Listen to return and is called from another goroutine, at most once.
// It may be called before Listen has got far: closing then must still work.
type Server interface {
	Service
	Listen(ctx context.Context) error
	Close(ctx context.Context) error
}

// Job is a Service that runs to its end: an import, a migration, a batch.
//
// Run returns nil once the work is done. Its context ends when the Runner ends.
type Job interface {
	Service
	Run(ctx context.Context) error
}

// Configurable is a Service that loads its configuration. Load is called before
// Start or Listen; an error fails the start.
type Configurable interface {
	Load(ctx context.Context) error
}

// ReadyChecker is a Service that can tell when it is ready. After Start, or
// once Listen runs, IsReady is called until it returns nil: again after 1 ms, and
// at twice the pause each time, up to 100 ms. Only then does the next service
// start. A panic is a failure at once.
type ReadyChecker interface {
	IsReady(ctx context.Context) error
}

// HealthChecker is a Service that can tell whether it still works. The Runner
// itself never calls IsHealthy; it is for probes.
type HealthChecker interface {
	IsHealthy(ctx context.Context) error
}

// Kind says what a Service is to the Runner.
type Kind string

// The kinds of services.
const (
	KindUnknown  Kind = ""
	KindResource Kind = "resource"
	KindServer   Kind = "server"
)

// KindOf returns the kind of s, looking through wrappers: the outermost layer
// that is a Resource or a Server decides. It is KindUnknown for nil, for a layer
// that is both, and for what is neither.
func KindOf(s Service) Kind {
	for layer := range layers(s) {
		_, resource := layer.(Resource)
		_, server := layer.(Server)
		switch {
		case resource && server:
			return KindUnknown
		case resource:
			return KindResource
		case server:
			return KindServer
		}
	}
	return KindUnknown
}

// NameOf returns the name of s as the Runner writes it: that of Name, or the Go
// type of the innermost service where Name is empty or panics. It is "<nil>" for
// nil.
func NameOf(s Service) (name string) {
	defer func() {
		if recover() != nil || name == "" {
			name = typeName(s)
		}
	}()
	if s == nil {
		return "<nil>"
	}
	return s.Name()
}

func typeName(s Service) string { return fmt.Sprintf("%T", Innermost(s)) }
