//go:build unix

package faults_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// say tells the parent that a callback runs. Whoever waits for that goes on.
func (p *program) say(line string) {
	_, _ = os.Stdout.WriteString(line + "\n")
	p.reach(line)
}

// reach is a moment that the parent need not know of.
func (p *program) reach(moment string) {
	reached := p.moment(moment)
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-reached:
	default:
		close(reached)
	}
}

func (p *program) moment(line string) chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.moments[line] == nil {
		p.moments[line] = make(chan struct{})
	}
	return p.moments[line]
}

// call says what is called, and does what the scenario says.
func (p *program) call(ctx context.Context, line string) error {
	p.say(line)
	return p.do(ctx, line)
}

func (p *program) do(ctx context.Context, line string) error {
	if does := p.scenario.does[line]; does != nil {
		return does(ctx, p)
	}
	return nil
}

// observed is call for what is worth a line only where it does something.
func (p *program) observed(line string) {
	if p.scenario.does[line] != nil {
		_ = p.call(context.Background(), line)
	}
}

// act is what a callback does once it has said its line.
type act func(context.Context, *program) error

// acts are named by the lines of their callbacks.
type acts map[string]act

var (
	errBoom     = errors.New("boom")
	errNotReady = errors.New("not ready")
)

func fails(context.Context, *program) error    { return errBoom }
func panics(context.Context, *program) error   { panic("oops") }
func notReady(context.Context, *program) error { return errNotReady }

// waits heeds its context.
func waits(ctx context.Context, _ *program) error {
	<-ctx.Done()
	return ctx.Err()
}

// hangs ignores its context, for ever.
func hangs(context.Context, *program) error { select {} }

// exits ends its goroutine.
func exits(context.Context, *program) error {
	runtime.Goexit()
	return nil
}

func returns(context.Context, *program) error { return nil }

// after waits until something else has happened, whatever becomes of its context.
func after(line string, then act) act {
	return func(ctx context.Context, p *program) error {
		<-p.moment(line)
		return then(ctx, p)
	}
}

// delivered waits until every part of the process that listens for the signal has
// it: Go delivers signals one after the other. Where nobody listens, the process
// is to die of it.
func delivered(ctx context.Context, p *program) error {
	if p.way != byRun {
		p.say("constructing")
		return hangs(ctx, p)
	}
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, p.signal, syscall.SIGWINCH)
	defer signal.Stop(signals)
	p.say("constructing")
	<-signals
	if err := syscall.Kill(os.Getpid(), syscall.SIGWINCH); err != nil {
		return err
	}
	<-signals
	return nil
}

// fxListens says so once fx listens for signals itself, which it does not tell.
func fxListens(_ context.Context, p *program) error {
	go func() {
		stacks := make([]byte, 1<<20)
		for p.way == byFx && !bytes.Contains(stacks[:runtime.Stack(stacks, true)], []byte("fx.(*signalReceivers).relayer(")) {
			<-time.After(time.Millisecond)
		}
		p.say("all listen")
	}()
	return nil
}
