package runner

import (
	"context"
	"fmt"

	"github.com/go-fxservices/services/internal/layers"
)

// Service is a component of a program: a [Resource], a [Server] or a [Job].
//
// Name identifies it in errors, logs and profiles, and need not be unique. The Runner calls it once in a Run. If it returns
// an empty string, or panics, the Go type of the service is its name.
type Service interface {
	Name() string
}

// Resource is a Service that others depend on: a database, a broker, a cache.
//
// Start returns nil once the resource can be used. Its context ends when the call returns: do not keep it. Stop returns once
// the resource has released everything. The Runner calls Stop only after Start has returned nil, and once, but again if it
// returned an error: see [Runner.Finish].
type Resource interface {
	Service
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
}

// Server is a Service that accepts work from Listen until Close: an HTTP or gRPC server, a consumer.
//
// Listen may block until Close, or return nil at once and serve in the background: nil is never a failure. If it returns an
// error before anyone has called Close, the server has failed, and its Run ends. The context of Listen has no deadline. It
// ends once Close has returned, or at the stop timeout.
//
// Close asks Listen to return. The Runner calls it from another goroutine, once for each Listen that was entered, also if
// that Listen has failed or panicked. Close may come when Listen has hardly begun, and must work then, too.
//
// If Listen begins to serve so late that Close finds nothing to close, the server would stay open. Therefore the Runner calls
// Close once more if Listen returns nil after the Runner has given it up, or if it returns nil more than 150 ms after Close
// has returned and has never looked at the end of its context.
type Server interface {
	Service
	Listen(ctx context.Context) error
	Close(ctx context.Context) error
}

// Job is a Service that runs to its end: an import, a report, a batch.
//
// Run returns nil once the work is done. If it returns an error, or panics, before the Runner stops the Job, the Job has
// failed. The context of Run has no deadline. It ends when the Runner stops the Job; there is no other call that asks it to
// return. From then on Run has the stop timeout to return nil or the error of its context; any other error is joined to the
// result of the Runner.
//
// A Job has started once Run has been entered, so services that are [After] it do not wait until it is done. Work that others
// have to wait for, such as a migration, belongs into the Start of a Resource, or into a Job that is a [ReadyChecker] and is
// ready once it is done.
type Job interface {
	Service
	Run(ctx context.Context) error
}

// Configurable is a Service that loads its configuration. The Runner calls Load before Start, Listen or Run. If Load returns
// an error, the service has failed to start.
type Configurable interface {
	Load(ctx context.Context) error
}

// ReadyChecker is a Service that can tell whether it is ready. After Start, or once Listen has been entered, the Runner calls
// IsReady until it returns nil: after a pause of 1 ms, which doubles each time up to 100 ms. Only then does the next service
// start. A panic of IsReady fails the start at once.
type ReadyChecker interface {
	IsReady(ctx context.Context) error
}

// HealthChecker is a Service that can tell whether it still works. The Runner itself never calls IsHealthy; probes do.
type HealthChecker interface {
	IsHealthy(ctx context.Context) error
}

// FailureReporter is a Service that can fail while none of its methods runs: a Server that serves in the background, a
// Resource that loses its lease or its connection for good.
//
// The Runner calls Failed once in a Run, when the service has started, and receives from the channel until it stops the
// service. An error means that the service has failed, as if Listen had returned it: it ends the Run, or, if that has
// returned, [Runner.Wait] and every other Run. Only the first error counts. A nil error, a nil channel and the end of a
// channel report nothing. A panic of Failed is a failure. A Failed that does not return within 150 ms is abandoned, and
// reports nothing.
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

// NameOf returns the name of s as the Runner writes it: the result of Name, or the Go type of the innermost service if Name
// returns "" or panics. It returns "<nil>" for nil.
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
