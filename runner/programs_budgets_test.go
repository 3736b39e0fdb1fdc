//go:build unix

package runner_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"runtime"
	"syscall"
	"time"

	"github.com/go-fxservices/services/runner"
)

func init() {
	for name, program := range map[string]func(){
		"dumpIgnored":     func() { playServing(runner.WithDump(os.Stdout, syscall.SIGHUP)) },
		"dumpIgnoredQuit": func() { playServing(runner.WithDump(os.Stdout, syscall.SIGHUP, syscall.SIGQUIT)) },
		"dumpPanics":      func() { playServing(runner.WithDump(crashingWriter{func() { panic("kaboom") }})) },
		"dumpExits":       func() { playServing(runner.WithDump(crashingWriter{runtime.Goexit})) },
		"dumpNilBuffer":   func() { playServing(runner.WithDump((*bytes.Buffer)(nil), syscall.SIGHUP)) },
		"dumpNilFile":     func() { playServing(runner.WithDump((*os.File)(nil), syscall.SIGHUP)) },
		"dumpNilFunc":     func() { playServing(runner.WithDump(writerFunc(nil), syscall.SIGHUP)) },
		"blind":           playBlind,
		"zero":            playZero,
	} {
		programs[name] = program
	}
}

// crashingWriter crashes once it has said so.
type crashingWriter struct{ crash func() }

func (w crashingWriter) Write(p []byte) (int, error) {
	say("writing")
	w.crash()
	return len(p), nil
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

var _ io.Writer = writerFunc(nil)

// playBlind has an Observer that never gets past the first signal, and stays after its Run.
func playBlind() {
	r := newSayingRunner(runner.WithObserver(&told{signal: func() { select {} }}))
	api := runner.NewServer("api", untilEnd, says("closing", untilEnd, says("cut short")))
	_ = r.Run(context.Background(), runner.NewResource("db", nil, nil), api)
	say("run has returned")
	<-time.After(time.Hour) // longer than any test lasts
}

func playZero() {
	var r runner.Runner
	api := checked(runner.NewServer("api", says("listening", waits), says("close api")), fails(nil))
	sayResult("run", r.Run(context.Background(), runner.NewResource("db", nil, says("stop db")), api))
	sayResult("finish", r.Finish(context.Background()))
}
