package journal

import (
	"context"

	"github.com/go-fxservices/services/runner"
)

// Resource returns a Resource that records "start name", after which its Start takes
// the given steps, and "stop name".
func (j *Journal) Resource(name string, start ...Step) runner.Resource {
	return runner.NewResource(name, j.Step("start "+name, start...), j.Step("stop "+name))
}

// Stopping returns a Resource that records the same as [Journal.Resource], but whose
// Stop takes the given steps.
func (j *Journal) Stopping(name string, stop ...Step) runner.Resource {
	return runner.NewResource(name, j.Step("start "+name), j.Step("stop "+name, stop...))
}

// Job returns a Job that records "run name", after which its Run takes the given steps.
func (j *Journal) Job(name string, run ...Step) runner.Job {
	return runner.NewJob(name, j.Step("run "+name, run...))
}

// Server returns a Server that records "listen name", after which its Listen takes the
// given steps, by default [UntilEnd]; and "close name".
func (j *Journal) Server(name string, listen ...Step) *Server {
	if len(listen) == 0 {
		listen = []Step{UntilEnd}
	}
	s := &Server{listening: make(chan struct{}, 1)}
	s.Server = runner.NewServer(name, j.Step("listen "+name, append([]Step{s.enter}, listen...)...), j.Step("close "+name))
	return s
}

// Server is not ready before its Listen has recorded "listen". What starts after it is
// therefore recorded later, although a Runner only waits until Listen is entered.
type Server struct {
	runner.Server
	listening chan struct{} // has a value from Listen until IsReady has seen it
}

func (s *Server) enter(context.Context) error {
	select {
	case s.listening <- struct{}{}:
	default: // nobody has asked since the Listen before
	}
	return nil
}

// IsReady implements [runner.ReadyChecker].
func (s *Server) IsReady(ctx context.Context) error {
	select {
	case <-s.listening:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
