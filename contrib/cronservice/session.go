package cronservice

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/go-fxservices/services/runner"
)

// session is one Listen.
//
//	new ── listen ──▶ ready ── close, or the end of ctx ──▶ closing ── no job runs, or close gives up ──▶ done
//
// It runs jobs on goroutines of its own. gocron only says when: to wait for a job it would use up a processor, for ten seconds at most,
// and it ends the context of a job when a shutdown begins.
type session struct {
	tasks  []*task
	ctx    context.Context // of jobs
	cancel context.CancelCauseFunc

	closing chan struct{} // closed when no job starts any more
	idle    chan struct{} // closed after that, when no job runs
	givenUp chan struct{} // closed when close does not wait any longer for jobs
	done    chan struct{} // closed when listen returns
	giveUp  func()

	mu       sync.Mutex
	ready    bool
	running  map[*task]int // two, while one run ends and the next begins
	failures map[*task]error
}

func newSession(ctx context.Context, tasks []*task) *session {
	s := &session{
		tasks:   tasks,
		closing: make(chan struct{}), idle: make(chan struct{}), givenUp: make(chan struct{}), done: make(chan struct{}),
		running: map[*task]int{}, failures: map[*task]error{},
	}
	s.ctx, s.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	s.giveUp = sync.OnceFunc(func() { close(s.givenUp) })
	return s
}

// listen runs jobs until close, or until ctx ends.
func (s *session) listen(ctx context.Context, config Config) error {
	defer close(s.done)
	defer s.cancel(nil)
	defer s.beginClose()
	stop, err := startSchedule(config, s.tasks, s.start)
	if err != nil {
		return err
	}
	s.setReady()
	defer context.AfterFunc(ctx, s.beginClose)()
	<-s.closing
	err = stop()
	select {
	case <-s.idle:
	case <-s.givenUp:
	}
	return err
}

func (s *session) setReady() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = true
}

func (s *session) isReady() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ready && !isClosed(s.closing)
}

func (s *session) isDone() bool { return isClosed(s.done) }

// start begins a run of a job, unless one goes on.
func (s *session) start(t *task) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if isClosed(s.closing) || !t.begin() {
		return
	}
	s.running[t]++
	go s.run(t)
}

var errGoexit = errors.New("runtime.Goexit was called")

// run is the goroutine of a run of a job.
func (s *session) run(t *task) {
	var err error = &runner.PanicError{Value: errGoexit} // unless Run returns
	defer func() {
		if value := recover(); value != nil {
			err = &runner.PanicError{Value: value, Stack: debug.Stack()}
		}
		s.record(t, err) // before another run can end
		if missed := t.end(); missed {
			s.start(t)
		}
		s.finish(t)
	}()
	err = t.job.Run(s.ctx)
}

func (s *session) record(t *task, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.failures, t)
	if err != nil {
		s.failures[t] = fmt.Errorf("job %q: %w", t.job.Name, err)
	}
}

func (s *session) finish(t *task) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running[t]--; s.running[t] == 0 {
		delete(s.running, t)
	}
	s.closeIdle()
}

// beginClose lets no job start any more.
func (s *session) beginClose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !isClosed(s.closing) {
		close(s.closing)
		s.closeIdle()
	}
}

// closeIdle needs the lock.
func (s *session) closeIdle() {
	if isClosed(s.closing) && len(s.running) == 0 {
		close(s.idle)
	}
}

// lastMoment is how long close waits for jobs whose contexts it has ended. A Runner waits for 150 ms after the end of the context.
const lastMoment = 50 * time.Millisecond

// close waits for the jobs that run, until ctx ends.
func (s *session) close(ctx context.Context) error {
	s.beginClose()
	wait(ctx, s.idle)
	cut := s.runningNames()
	if len(cut) > 0 {
		s.cancel(context.Cause(ctx))
		waitMoment(s.idle)
	}
	s.giveUp()
	wait(ctx, s.done)
	waitMoment(s.done)
	if len(cut) == 0 {
		return nil
	}
	return &CutOffError{Jobs: cut, Err: context.Cause(ctx)}
}

func (s *session) runningNames() (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tasks {
		if s.running[t] > 0 {
			names = append(names, t.job.Name)
		}
	}
	return names
}

func (s *session) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []error
	for _, t := range s.tasks {
		if err := s.failures[t]; err != nil {
			all = append(all, err)
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return errors.Join(all...)
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func wait(ctx context.Context, done <-chan struct{}) {
	select {
	case <-done:
	case <-ctx.Done():
	}
}

func waitMoment(done <-chan struct{}) {
	moment := time.NewTimer(lastMoment)
	defer moment.Stop()
	select {
	case <-done:
	case <-moment.C:
	}
}
