package runner

import "context"

// NewResource makes a Resource of two functions. A nil function does nothing. Give it a name: there is no type to take one
// from.
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
// the background until it is closed, and with a nil close the end of its context alone asks listen to return.
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

func callFunc(ctx context.Context, fn func(context.Context) error) error {
	if fn == nil {
		return nil
	}
	return fn(ctx)
}
