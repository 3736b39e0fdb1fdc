package runner

import (
	"context"
	"fmt"

	"github.com/go-fxservices/services/internal/layers"
)

// Service is a component of a program: a [Resource], a [Server] or a [Job].
//
// Name identifies it in errors, logs and profiles, and need not be unique. The Runner calls it once in a Run. An empty
// name reads as the Go type of the service.
type Service interface {
	Name() string
}

// Resource is a Service that others depend on: a database, a broker, a cache.
//
// Start returns nil once the resource can be used. Its context ends with the call: it must not be kept. Stop returns once
// the resource has released everything. The Runner calls Stop only after Start has returned nil, and never while Start
// runs.
type Resource interface {
	Service
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
}

// Server is a Service that accepts work from Listen until Close: an HTTP or gRPC server, a consumer.
//
// Listen may block until Close, or return nil at once and serve in the background: nil is never a failure. An error
// returned before Close was called is a failure of the server and ends the run. The context of Listen has no deadline; it
// ends once Close has returned, or with the stop timeout.
//
// Close asks Listen to return. The Runner calls it from another goroutine, exactly once for each Listen that was entered,
// also when that Listen has failed or panicked. Close may come while Listen has hardly begun: closing must work then, too.
// A Listen that did not return within the stop timeout, and returns nil later, may have begun to serve only then: the Runner
// closes it once more.
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

// Configurable is a Service that loads its configuration. The Runner calls Load before Start, Listen or Run; an error
// fails the start.
type Configurable interface {
	Load(ctx context.Context) error
}

// ReadyChecker is a Service that can tell whether it is ready. After Start, or once Listen was entered, the Runner calls
// IsReady until it returns nil: again after 1 ms, and at twice the pause each time, up to 100 ms. Only then does the next
// service start. A panic is a failure at once.
type ReadyChecker interface {
	IsReady(ctx context.Context) error
}

// HealthChecker is a Service that can tell whether it still works. The Runner itself never calls IsHealthy; probes do.
type HealthChecker interface {
	IsHealthy(ctx context.Context) error
}

// FailureReporter is a Service that can fail after it has started though no call of it is running: a Server that serves in
// the background, a Resource that loses its lease or connection for good.
//
// The Runner calls Failed once, after the service has started. An error received from the channel while the service is
// started is a failure like that of a Listen. A nil channel and a closed one report nothing.
type FailureReporter interface {
	Failed() <-chan error
}

// Kind says which calls a Service gets from the Runner.
type Kind string

// The kinds of services.
const (
	KindUnknown  Kind = ""
	KindResource Kind = "resource"
	KindServer   Kind = "server"
	KindJob      Kind = "job"
)

// KindOf returns the kind of s, looking through wrappers: the outermost layer that is a Resource, a Server or a Job
// decides. A Resource or Server with a Run method stays what it is. KindOf returns KindUnknown for nil, for a layer that
// is both a Resource and a Server, and for anything else.
func KindOf(s Service) Kind {
	for layer := range layers.All(s) {
		if kind, decides := kindOfLayer(layer); decides {
			return kind
		}
	}
	return KindUnknown
}

// kindOfLayer returns the kind of one layer, and false if a layer inside it may have one.
func kindOfLayer(layer Service) (kind Kind, decides bool) {
	_, resource := layer.(Resource)
	_, server := layer.(Server)
	_, job := layer.(Job)
	switch {
	case resource && server:
		return KindUnknown, true
	case resource:
		return KindResource, true
	case server:
		return KindServer, true
	case job:
		return KindJob, true
	default:
		return KindUnknown, false
	}
}

// NameOf returns the name of s as the Runner writes it: the result of Name, or the Go type of the innermost service where
// Name returns "" or panics. It returns "<nil>" for nil.
func NameOf(s Service) string {
	if s == nil {
		return "<nil>"
	}
	if name := askName(s); name != "" {
		return name
	}
	return typeName(s)
}

// askName returns the name of s, or "" if Name panics.
func askName(s Service) (name string) {
	defer func() {
		if recover() != nil {
			name = ""
		}
	}()
	return s.Name()
}

// typeName returns the Go type of the innermost service, or of s itself where Unwrap panics.
func typeName(s Service) (name string) {
	defer func() {
		if recover() != nil {
			name = fmt.Sprintf("%T", s)
		}
	}()
	return fmt.Sprintf("%T", layers.Innermost(s))
}
