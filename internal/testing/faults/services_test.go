//go:build unix

package faults_test

import (
	"context"
	"sync"
)

// The services of every program. Each needs the one before, so that fx constructs
// them in this order too.
type (
	DB     struct{ *resource }
	Cache  struct{ *resource }
	API    struct{ *server }
	Worker struct{ *server }
)

func newDB(p *program) *DB {
	p.observed("construct db")
	return &DB{&resource{p: p, name: "db"}}
}

func newCache(p *program, _ *DB) *Cache    { return &Cache{&resource{p: p, name: "cache"}} }
func newAPI(p *program, _ *Cache) *API     { return &API{newServer(p, "api")} }
func newWorker(p *program, _ *API) *Worker { return &Worker{newServer(p, "worker")} }

type resource struct {
	p       *program
	name    string
	checked sync.Once
}

func (r *resource) Name() string                    { return r.name }
func (r *resource) Start(ctx context.Context) error { return r.p.call(ctx, "start "+r.name) }
func (r *resource) Stop(ctx context.Context) error  { return r.p.call(ctx, "stop "+r.name) }

// Load implements runner.Configurable.
func (db *DB) Load(ctx context.Context) error { return db.p.call(ctx, "load db") }

// IsReady implements runner.ReadyChecker. How often it is asked is left to time, so
// it says so once.
func (db *DB) IsReady(ctx context.Context) error {
	db.checked.Do(func() { db.p.say("check db") })
	return db.p.do(ctx, "check db")
}

// server listens until it is closed.
type server struct {
	p                 *program
	name              string
	listening, closed chan struct{}
	checked           sync.Once
}

func newServer(p *program, name string) *server {
	return &server{p: p, name: name, listening: make(chan struct{}), closed: make(chan struct{})}
}

func (s *server) Name() string { return s.name }

func (s *server) Listen(ctx context.Context) error {
	s.p.say("listen " + s.name)
	close(s.listening)
	if does := s.p.scenario.does["listen "+s.name]; does != nil {
		return does(ctx, s.p)
	}
	select {
	case <-s.closed:
	case <-ctx.Done():
	}
	return nil
}

func (s *server) Close(ctx context.Context) error {
	err := s.p.call(ctx, "close "+s.name)
	if err == nil {
		close(s.closed)
	}
	return err
}

// IsReady implements runner.ReadyChecker: servers listen in order, as their lines
// do. It says nothing unless it does something.
func (s *server) IsReady(ctx context.Context) error {
	<-s.listening
	check := "check " + s.name
	if s.p.scenario.does[check] == nil {
		return nil
	}
	s.checked.Do(func() { s.p.say(check) })
	return s.p.do(ctx, check)
}
