//go:build unix

package faults_test

import (
	"syscall"
	"testing"
)

func TestPanic(t *testing.T) { test(t, "panic") }

var terminated = []syscall.Signal{syscall.SIGTERM}

var panicking = []scenario{{
	name:   "of Load stops what had started",
	does:   acts{"load db": panics},
	stdout: all("starting, load db, stopping, stopped"),
	stderr: all(`load "db": panic: oops`),
	exit:   all("1"),
}, {
	name:   "of Start stops what had started",
	does:   acts{"start cache": panics},
	stdout: all("starting, load db, start db, check db, start cache, stopping, stop db, stopped"),
	stderr: all(`start "cache": panic: oops`),
	exit:   all("1"),
}, {
	name:   "that is a Goexit of Start stops what had started",
	does:   acts{"start cache": exits},
	stdout: all("starting, load db, start db, check db, start cache, stopping, stop db, stopped"),
	stderr: all(`start "cache": panic: runtime.Goexit was called`),
	exit:   all("1"),
}, {
	name:   "of IsReady stops what had started",
	does:   acts{"check db": panics},
	stdout: all("starting, load db, start db, check db, stopping, stop db, stopped"),
	stderr: all(`ready "db": panic: oops`),
	exit:   all("1"),
}, {
	name: "of IsReady of a server stops what had started",
	does: acts{"check worker": panics},
	stdout: split("<servers>, check worker, stopping, close worker, close api, ready, stopping, <stop>",
		"<servers>, check worker, stopping, close worker, close api, <stop>"),
	stderr: all(`ready "worker": panic: oops`),
	exit:   all("1"),
}, {
	name: "of Listen while others start stops what had started",
	does: acts{"listen api": after("check worker", panics), "check worker": notReady},
	stdout: split("<servers>, check worker, failed api, stopping, close worker, close api, ready, stopping, <stop>",
		"<servers>, check worker, failed api, stopping, close worker, close api, <stop>"),
	stderr: all(`listen "api": panic: oops`),
	exit:   all("1"),
}, {
	name:   "of Listen while serving closes both servers",
	does:   acts{"listen worker": after("up", panics)},
	stdout: all("<up>, failed worker, stopping, <close>, <stop>"),
	stderr: all(`listen "worker": panic: oops`),
	exit:   all("1"),
}, {
	name:   "that is a Goexit of Listen closes both servers",
	does:   acts{"listen worker": after("up", exits)},
	stdout: all("<up>, failed worker, stopping, <close>, <stop>"),
	stderr: all(`listen "worker": panic: runtime.Goexit was called`),
	exit:   all("1"),
}, {
	name: "of Listen after Close goes on", signals: terminated, at: moments{"up"},
	does:   acts{"listen worker": after("close worker", panics)},
	stdout: all("<up>, signal <signal>, stopping, <close>, <stop>"),
	stderr: all(`listen "worker": panic: oops`),
	exit:   all("1"),
}, {
	name: "of Close goes on", signals: terminated, at: moments{"up"},
	does:   acts{"close worker": panics},
	stdout: all("<up>, signal <signal>, stopping, <close>, <stop>"),
	stderr: all(`close "worker": panic: oops`),
	exit:   all("1"),
}, {
	name: "that is a Goexit of Stop goes on", signals: terminated, at: moments{"up"},
	does:   acts{"stop cache": exits},
	stdout: all("<up>, signal <signal>, stopping, <close>, <stop>"),
	stderr: all(`stop "cache": panic: runtime.Goexit was called`),
	exit:   all("1"),
}, {
	name: "of Stop goes on", signals: terminated, at: moments{"up"},
	does:   acts{"stop cache": panics},
	stdout: all("<up>, signal <signal>, stopping, <close>, <stop>"),
	stderr: all(`stop "cache": panic: oops`),
	exit:   all("1"),
}}
