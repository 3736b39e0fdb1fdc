package fxservices_test

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// What follows compares programs, their exit codes, and what they log. See
// beside_time_test.go.

func TestBesideSignalWhileStarting(t *testing.T) {
	signaled := func(t *testing.T, program string) (p *process, printed string, code int) {
		t.Helper()
		p = begin(t, program).await("start cache").signal(syscall.SIGTERM)
		printed, code = p.end()
		return p, printed, code
	}

	t.Run("plain fx is killed, and stops nothing", func(t *testing.T) {
		p, printed, _ := signaled(t, "beside plain starting")
		require.Equal(t, "start db, start cache", printed)
		require.Equal(t, "signal: terminated", p.cmd.ProcessState.String())
	})

	t.Run("fxservices cancels the start and stops what had started, exit code 1 in fx.App.Run", func(t *testing.T) {
		p, printed, code := signaled(t, "beside fx starting")
		require.Equal(t, "start db, start cache, stop db", printed)
		require.Equal(t, 1, code)
		require.Contains(t, p.stderr.String(), `start "cache": received signal terminated`)
	})

	t.Run("fxservices does the same in Run, which returns the signal, exit code 128+15", func(t *testing.T) {
		_, printed, code := signaled(t, "beside run starting")
		require.Equal(t, `start db, start cache, stop db, result: start "cache": received signal terminated`, printed)
		require.Equal(t, 128+15, code)
	})
}

func TestBesidePanic(t *testing.T) {
	t.Run("plain fx is killed, and stops nothing", func(t *testing.T) {
		p := begin(t, "beside plain panicking")
		printed, code := p.end()
		require.Equal(t, "start db, start cache", printed)
		// The goroutine that panics tells fx that it ends: fx exits, or the panic is faster.
		says := map[int]string{1: "goroutine exited without returning", 2: "panic: oops\n\ngoroutine "}
		require.Contains(t, says, code)
		require.Contains(t, p.stderr.String(), says[code])
	})

	t.Run("fxservices makes an error of it, and stops everything else, exit code 1 in fx.App.Run", func(t *testing.T) {
		p := begin(t, "beside fx panicking")
		printed, code := p.end()
		require.Equal(t, "start db, start cache, stop db", printed)
		require.Equal(t, 1, code)
		require.Contains(t, p.stderr.String(), `start "cache": panic: oops`)
		require.Equal(t, 1, strings.Count(p.stderr.String(), "panic: oops\n\ngoroutine "), "the stack, once")
	})

	t.Run("fxservices does the same in Run, which returns the stack too, exit code 1", func(t *testing.T) {
		printed, code := begin(t, "beside run panicking").end()
		require.Equal(t, `start db, start cache, stop db, result: start "cache": panic: oops, stack: true`, printed)
		require.Equal(t, 1, code)
	})
}

func TestBesideServerFailure(t *testing.T) {
	failed := func(t *testing.T, program string) *process {
		t.Helper()
		return begin(t, program).await("ready").signal(syscall.SIGQUIT).await("failure of api")
	}

	t.Run("plain fx does not see it, and goes on until it is stopped, exit code 0", func(t *testing.T) {
		p := failed(t, "beside plain failing")
		printed, code := p.end() // the end of the input stops it
		require.Equal(t, "start db, listen api, ready, failure of api, close api, stop db", printed)
		require.Zero(t, code)
		require.NotContains(t, p.stderr.String(), "boom")
	})

	t.Run("fxservices stops, and logs the cause, exit code 1 in fx.App.Run", func(t *testing.T) {
		p := failed(t, "beside fx failing").await("stop db")
		printed, code := p.end()
		require.Equal(t, "start db, listen api, ready, failure of api, close api, stop db", printed)
		require.Equal(t, 1, code)
		require.Contains(t, p.stderr.String(), `listen "api": boom`)
	})

	t.Run("fxservices stops, and Run returns the cause, exit code 1", func(t *testing.T) {
		printed, code := failed(t, "beside run failing").await(`result: listen "api": boom`).end()
		require.Equal(t, `start db, ready, listen api, failure of api, close api, stop db, result: listen "api": boom`, printed)
		require.Equal(t, 1, code)
	})
}

func TestBesideSecondSignal(t *testing.T) {
	const until = "start db, start cache, ready, stop cache, second Ctrl-C, "
	twice := func(t *testing.T, program string) *process {
		t.Helper()
		return begin(t, program).await("ready").signal(os.Interrupt).await("stop cache").
			signal(os.Interrupt).await("second Ctrl-C")
	}

	t.Run("plain fx swallows it, exit code 0", func(t *testing.T) {
		printed, code := twice(t, "beside plain stopping").end() // the end of the input ends the stop
		require.Equal(t, until+"not cut short, stop db", printed)
		require.Zero(t, code)
	})

	t.Run("fxservices cuts the stop short, and skips nothing, exit code 1 in fx.App.Run", func(t *testing.T) {
		p := twice(t, "beside fx stopping").await("stop db")
		printed, code := p.end()
		require.Equal(t, until+"cut short, stop db", printed)
		require.Equal(t, 1, code)
		require.Contains(t, p.stderr.String(), "received signal interrupt")
	})

	t.Run("fxservices does the same in Run, which returns the signal, exit code 128+2", func(t *testing.T) {
		printed, code := twice(t, "beside run stopping").await("stop db").end()
		require.Contains(t, printed, until+"cut short, stop db, result: ")
		require.Contains(t, printed, `stop "cache": received signal interrupt`) // the first may have come before the end of the start
		require.Equal(t, 128+2, code)
	})
}
