package runner

import (
	"context"
	"errors"
)

// NewResource makes a Resource of two functions. A nil function does nothing. A nil context is an error, and the function is
// not called. Give it a name: there is no type to take one from.
func NewResource(name string, start, stop func(context.Context) error) Resource {
	return &resourceFuncs{name: name, start: start, stop: stop}
}

type resourceFuncs struct {
	name        string
	start, stop func(context.Context) error
}

func (r *resourceFuncs) Name() string                    { return r.name }
func (r *resourceFuncs) Start(ctx context.Context) error { return callFunc(ctx, r.start) }
func (r *resourceFuncs) Stop(ctx context.Context) error  { return callFunc(ctx, r.stop) }

// NewServer makes a Server of two functions. A nil function does nothing: with a nil listen the server counts as serving in
// the background until it is closed, and with a nil close the end of its context alone asks listen to return. A nil context
// is an error, and the function is not called.
func NewServer(name string, listen, close func(context.Context) error) Server {
	return &serverFuncs{name: name, listen: listen, close: close}
}

type serverFuncs struct {
	name          string
	listen, close func(context.Context) error
}

func (s *serverFuncs) Name() string                     { return s.name }
func (s *serverFuncs) Listen(ctx context.Context) error { return callFunc(ctx, s.listen) }
func (s *serverFuncs) Close(ctx context.Context) error  { return callFunc(ctx, s.close) }

// NewJob makes a Job of a function. With a nil run the Job is done at once.
func NewJob(name string, run func(context.Context) error) Job {
	return &jobFunc{name: name, run: run}
}

type jobFunc struct {
	name string
	run  func(context.Context) error
}

func (j *jobFunc) Name() string                  { return j.name }
func (j *jobFunc) Run(ctx context.Context) error { return callFunc(ctx, j.run) }

// errNilContext is the error for a nil context, of a service made of functions and of a Runner.
var errNilContext = errors.New("nil context: pass context.Background() if nothing else")

func callFunc(ctx context.Context, fn func(context.Context) error) error {
	switch {
	case fn == nil:
		return nil
	case ctx == nil:
		return errNilContext
	default:
		return fn(ctx)
	}
}
