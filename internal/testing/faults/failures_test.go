//go:build unix

package faults_test

import "testing"

func TestFailure(t *testing.T) { test(t, "failure") }

var failures = []scenario{{
	name:   "of one server while serving closes both",
	does:   acts{"listen worker": after("up", fails)},
	stdout: all("<up>, failed worker, stopping, <close>, <stop>"),
	stderr: all(`listen "worker": boom`),
	exit:   all("1"),
}, {
	name:   "of the other server while serving closes both",
	does:   acts{"listen api": after("up", fails)},
	stdout: all("<up>, failed api, stopping, <close>, <stop>"),
	stderr: all(`listen "api": boom`),
	exit:   all("1"),
}, {
	name: "of both servers at once is told of both",
	does: acts{
		"listen api": after("up", fails), "failed api": after("failed worker", returns),
		"listen worker": after("up", fails), "failed worker": after("failed api", returns),
	},
	stdout: all("<up>, failed api, failed worker, stopping, <close>, <stop>"),
	stderr: all("listen \"api\": boom\nlisten \"worker\": boom"),
	exit:   all("1"),
}, {
	name: "of one server while it waits for another closes both",
	does: acts{"listen api": after("check worker", fails), "check worker": notReady},
	stdout: split("<servers>, check worker, failed api, stopping, close worker, close api, ready, stopping, <stop>",
		"<servers>, check worker, failed api, stopping, close worker, close api, <stop>"),
	stderr: all(`listen "api": boom`),
	exit:   all("1"),
}, {
	name: "of a server that was asked to close is told", signals: bothSignals, at: moments{"up"},
	does:   acts{"listen worker": after("close worker", fails)},
	stdout: all("<up>, signal <signal>, stopping, <close>, <stop>"),
	stderr: all(`listen "worker": boom`),
	exit:   all("1"),
}, {
	name:   "to load stops what had started",
	does:   acts{"load db": fails},
	stdout: all("starting, load db, stopping, stopped"),
	stderr: all(`load "db": boom`),
	exit:   all("1"),
}, {
	name:   "to start stops what had started",
	does:   acts{"start cache": fails},
	stdout: all("starting, load db, start db, check db, start cache, stopping, stop db, stopped"),
	stderr: all(`start "cache": boom`),
	exit:   all("1"),
}, {
	name: "to close goes on", signals: bothSignals, at: moments{"up"},
	does:   acts{"close worker": fails},
	stdout: all("<up>, signal <signal>, stopping, <close>, <stop>"),
	stderr: all(`close "worker": boom`),
	exit:   all("1"),
}, {
	name: "to stop goes on", signals: bothSignals, at: moments{"up"},
	does:   acts{"stop cache": fails},
	stdout: all("<up>, signal <signal>, stopping, <close>, <stop>"),
	stderr: all(`stop "cache": boom`),
	exit:   all("1"),
}}
