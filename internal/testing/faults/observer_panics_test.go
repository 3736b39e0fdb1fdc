//go:build unix

package faults_test

import "testing"

func TestObserverPanic(t *testing.T) { test(t, "panic of an observer") }

const observerPanic = "observer faults_test.observer: panic: oops"

// observerPanicking: a panic changes nothing but a result. That of Run(resources) ends
// a program of a plain Runner, as any error of it does; with one sequence it is told at
// the end.
var observerPanicking = []scenario{{
	name: "before a load", signals: terminated, at: moments{"up"},
	does: acts{"before load db": panics},
	stdout: split(
		"starting, before load db, load db, start db, check db, start cache, ready, stopping, <stop>",
		"starting, before load db, load db, start db, check db, start cache, listen api, listen worker, up, "+
			"signal <signal>, stopping, <close>, <stop>",
	),
	stderr: all(observerPanic),
	exit:   all("1"),
}, {
	name: "after a load", signals: terminated, at: moments{"up"},
	does: acts{"after load db": panics},
	stdout: split(
		"starting, load db, after load db, start db, check db, start cache, ready, stopping, <stop>",
		"starting, load db, after load db, start db, check db, start cache, listen api, listen worker, up, "+
			"signal <signal>, stopping, <close>, <stop>",
	),
	stderr: all(observerPanic),
	exit:   all("1"),
}, {
	name: "before a start", signals: terminated, at: moments{"up"},
	does: acts{"before start cache": panics},
	stdout: split(
		"starting, load db, start db, check db, before start cache, start cache, ready, stopping, <stop>",
		"starting, load db, start db, check db, before start cache, start cache, listen api, listen worker, up, "+
			"signal <signal>, stopping, <close>, <stop>",
	),
	stderr: all(observerPanic),
	exit:   all("1"),
}, {
	name: "after a start", signals: terminated, at: moments{"up"},
	does: acts{"after start cache": panics},
	stdout: split(
		"starting, load db, start db, check db, start cache, after start cache, ready, stopping, <stop>",
		"starting, load db, start db, check db, start cache, after start cache, listen api, listen worker, up, "+
			"signal <signal>, stopping, <close>, <stop>",
	),
	stderr: all(observerPanic),
	exit:   all("1"),
}, {
	name: "before an attempt to start", signals: terminated, at: moments{"up"}, retried: true,
	does: acts{"attempt 1 to start cache": panics},
	stdout: split(
		"starting, load db, start db, check db, attempt 1 to start cache, start cache, ready, stopping, <stop>",
		"starting, load db, start db, check db, attempt 1 to start cache, start cache, listen api, listen worker, up, "+
			"signal <signal>, stopping, <close>, <stop>",
	),
	stderr: all(observerPanic),
	exit:   all("1"),
}, {
	name: "after the start of a server", signals: terminated, at: moments{"up"},
	does: acts{"after start api": panics},
	stdout: split(
		"starting, load db, start db, check db, start cache, ready, starting, listen api, after start api, listen worker, up, "+
			"signal <signal>, stopping, <close>, <stop>",
		"starting, load db, start db, check db, start cache, listen api, after start api, listen worker, up, "+
			"signal <signal>, stopping, <close>, <stop>",
	),
	stderr: all(observerPanic),
	exit:   all("1"),
}, {
	name:   "of a failed start stops what had started",
	does:   acts{"start cache": fails, "after start cache": panics},
	stdout: all("starting, load db, start db, check db, start cache, after start cache, stopping, stop db, stopped"),
	stderr: all(`start "cache": boom` + "\n" + observerPanic),
	exit:   all("1"),
}, {
	name: "when all is up", signals: terminated, at: moments{"up"},
	does:   acts{"up": panics},
	stdout: all("<up>, signal <signal>, stopping, <close>, <stop>"),
	stderr: all(observerPanic),
	exit:   all("1"),
}, {
	name: "of a signal", signals: terminated, at: moments{"up"},
	does:   acts{"signal": panics},
	stdout: all("<up>, signal <signal>, stopping, <close>, <stop>"),
	stderr: all(observerPanic),
	exit:   all("1"),
}, {
	name:   "of the failure of a server",
	does:   acts{"listen worker": after("up", fails), "failed worker": panics},
	stdout: all("<up>, failed worker, stopping, <close>, <stop>"),
	stderr: all(`listen "worker": boom` + "\n" + observerPanic),
	exit:   all("1"),
}, {
	name: "before a stop", signals: terminated, at: moments{"up"},
	does:   acts{"before stop cache": panics},
	stdout: all("<up>, signal <signal>, stopping, <close>, before stop cache, stop cache, stop db, stopped"),
	stderr: all(observerPanic),
	exit:   all("1"),
}, {
	name: "after a stop", signals: terminated, at: moments{"up"},
	does:   acts{"after stop cache": panics},
	stdout: all("<up>, signal <signal>, stopping, <close>, stop cache, after stop cache, stop db, stopped"),
	stderr: all(observerPanic),
	exit:   all("1"),
}, {
	name: "when all has stopped", signals: terminated, at: moments{"up"},
	does:   acts{"stopped": panics},
	stdout: all("<up>, signal <signal>, stopping, <close>, <stop>"),
	stderr: all(observerPanic),
	exit:   all("1"),
}}
