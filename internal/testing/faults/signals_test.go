//go:build unix

package faults_test

import (
	"syscall"
	"testing"
)

func TestSignal(t *testing.T)       { test(t, "signal") }
func TestSecondSignal(t *testing.T) { test(t, "second signal") }
func TestThirdSignal(t *testing.T)  { test(t, "third signal") }

var bothSignals = []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}

// firstSignals: where the program ends for another reason already, the first
// signal changes nothing.
var firstSignals = []scenario{{
	name: "while loading cancels the start", signals: bothSignals, at: moments{"load db"},
	does:   acts{"load db": waits},
	stdout: all("starting, load db, signal <signal>, stopping, stopped"),
	stderr: all(`load "db": received signal <signal>`),
	exit:   signalCodes,
}, {
	name: "while starting cancels the start", signals: bothSignals, at: moments{"start cache"},
	does:   acts{"start cache": waits},
	stdout: all("starting, load db, start db, check db, start cache, signal <signal>, stopping, stop db, stopped"),
	stderr: all(`start "cache": received signal <signal>`),
	exit:   signalCodes,
}, {
	name: "while a resource gets ready cancels the start", signals: bothSignals, at: moments{"check db"},
	does:   acts{"check db": notReady},
	stdout: all("starting, load db, start db, check db, signal <signal>, stopping, stop db, stopped"),
	stderr: all(`ready "db": received signal <signal>`),
	exit:   signalCodes,
}, {
	name: "while a server gets ready cancels the start", signals: bothSignals, at: moments{"check worker"},
	does:   acts{"check worker": notReady},
	stdout: all("<servers>, check worker, signal <signal>, stopping, <close>, <stop>"),
	stderr: all(`ready "worker": received signal <signal>`),
	exit:   signalCodes,
}, {
	name: "while serving closes gracefully", signals: bothSignals, at: moments{"up"},
	stdout: all("<up>, signal <signal>, stopping, <close>, <stop>"),
	exit:   all("0"),
}, {
	name: "while serving drains", signals: bothSignals, at: moments{"up"},
	drain:  drainsShortly,
	stdout: all("<up>, signal <signal>, draining, stopping, <close>, <stop>"),
	exit:   all("0"),
}, {
	name: "while draining goes on draining", signals: bothSignals, at: moments{"draining"},
	does:   acts{"listen worker": after("up", fails), "draining": after("signal", returns)},
	drain:  drainsShortly,
	stdout: all("<up>, failed worker, draining, signal <signal>, stopping, <close>, <stop>"),
	stderr: all(`listen "worker": boom`),
	exit:   all("1"),
}, {
	name: "while closing goes on closing", signals: bothSignals, at: moments{"close api + close worker"},
	does:   acts{"listen worker": after("up", fails), "close api": after("signal", returns)},
	stdout: all("<up>, failed worker, stopping, <close>, signal <signal>, <stop>"),
	stderr: all(`listen "worker": boom`),
	exit:   all("1"),
}, {
	name: "while stopping goes on stopping", signals: bothSignals, at: moments{"stop cache"},
	does:   acts{"listen worker": after("up", fails), "stop cache": after("signal", returns)},
	stdout: all("<up>, failed worker, stopping, <close>, stop cache, signal <signal>, stop db, stopped"),
	stderr: all(`listen "worker": boom`),
	exit:   all("1"),
}, {
	name: "while rolling back goes on rolling back", signals: bothSignals, at: moments{"stop db"},
	does:   acts{"start cache": fails, "stop db": after("signal", returns)},
	stdout: all("starting, load db, start db, check db, start cache, stopping, stop db, signal <signal>, stopped"),
	stderr: all(`start "cache": boom`),
	exit:   all("1"),
}, {
	name: "before the first start kills, but is caught by fxservices.Run", signals: bothSignals, at: moments{"constructing"},
	does:   acts{"construct db": delivered},
	stdout: all("construct db, constructing"),
	stderr: ways{"", "", "received signal <signal>"},
	exit:   ways{"killed", "killed", "128+n"},
}, {
	// In the other ways there is one start of all.
	name: "between Run(resources) and Run(servers) is not lost", signals: bothSignals, at: moments{"between"},
	does:   acts{"between": returns},
	stdout: ways{plain: "starting, load db, start db, check db, start cache, ready, between, signal <signal>, stopping, <stop>"},
	stderr: ways{plain: "received signal <signal>"},
	exit:   ways{plain: "1"},
}, {
	name: "after the end kills", signals: bothSignals, at: moments{"up", "the end"},
	does:   acts{"the end": hangs},
	stdout: all("<up>, signal <signal>, stopping, <close>, <stop>, the end"),
	exit:   all("killed"),
}}

// secondSignals cut short what the first has begun, and skip nothing. Where both Run
// and Finish of a plain Runner were cut short, each says so.
var secondSignals = []scenario{{
	name: "while draining cuts the drain short", signals: bothSignals, at: moments{"up", "draining"},
	drain:  drainsTooLong,
	stdout: all("<up>, signal <signal>, draining, signal <signal>, drain cut short, stopping, <close>, <stop>"),
	stderr: split("received signal <signal>\nreceived signal <signal>", "received signal <signal>"),
	exit:   signalCodes,
}, {
	name: "while closing cuts the close short", signals: bothSignals, at: moments{"up", "close api + close worker"},
	does:   acts{"close api": waits},
	stdout: all("<up>, signal <signal>, stopping, <close>, signal <signal>, <stop>"),
	stderr: split(
		`close "api": received signal <signal>: context canceled`+"\nreceived signal <signal>",
		`close "api": received signal <signal>: context canceled`,
	),
	exit: signalCodes,
}, {
	name: "while stopping cuts the stop short", signals: bothSignals, at: moments{"up", "stop cache"},
	does:   acts{"stop cache": waits},
	stdout: all("<up>, signal <signal>, stopping, <close>, stop cache, signal <signal>, stop db, stopped"),
	stderr: all(`stop "cache": received signal <signal>: context canceled`),
	exit:   signalCodes,
}, {
	name: "while stopping after a start that was cancelled cuts the stop short", signals: bothSignals, at: moments{"start cache", "stop db"},
	does:   acts{"start cache": waits, "stop db": waits},
	stdout: all("starting, load db, start db, check db, start cache, signal <signal>, stopping, stop db, signal <signal>, stopped"),
	stderr: all(`start "cache": received signal <signal>` + "\n" + `stop "db": received signal <signal>: context canceled`),
	exit:   signalCodes,
}, {
	name: "while stopping after a failure cuts the stop short", signals: bothSignals, at: moments{"stop cache", "signal <signal>"},
	does:   acts{"listen worker": after("up", fails), "stop cache": waits},
	stdout: all("<up>, failed worker, stopping, <close>, stop cache, signal <signal>, signal <signal>, stop db, stopped"),
	stderr: all(`listen "worker": boom` + "\n" + `stop "cache": received signal <signal>: context canceled`),
	exit:   signalCodes,
}, {
	name: "while rolling back cuts the rollback short", signals: bothSignals, at: moments{"stop db", "signal <signal>"},
	does:   acts{"start cache": fails, "stop db": waits},
	stdout: all("starting, load db, start db, check db, start cache, stopping, stop db, signal <signal>, signal <signal>, stopped"),
	stderr: split(
		`start "cache": boom`+"\n"+`stop "db": received signal <signal>: context canceled`+"\nreceived signal <signal>",
		`start "cache": boom`+"\n"+`stop "db": received signal <signal>: context canceled`,
	),
	exit: signalCodes,
}}

// thirdSignals meet a program in which an Observer blocks: nothing else outlasts the
// second.
var thirdSignals = []scenario{{
	name: "while loading kills", signals: bothSignals, at: moments{"before load db", "signal <signal>", "signal <signal>"},
	does:   acts{"before load db": hangs},
	stdout: all("starting, before load db, signal <signal>, signal <signal>, signal <signal>"),
	exit:   all("killed"),
}, {
	name: "while starting kills", signals: bothSignals, at: moments{"before start cache", "signal <signal>", "signal <signal>"},
	does:   acts{"before start cache": hangs},
	stdout: all("starting, load db, start db, check db, before start cache, signal <signal>, signal <signal>, signal <signal>"),
	exit:   all("killed"),
}, {
	name: "while draining kills", signals: bothSignals, at: moments{"up", "draining", "signal <signal>"},
	does: acts{"draining": hangs}, drain: drainsShortly,
	stdout: all("<up>, signal <signal>, draining, signal <signal>, signal <signal>"),
	exit:   all("killed"),
}, {
	name: "while closing kills", signals: bothSignals, at: moments{"up", "stopping", "signal <signal>"},
	does:   acts{"stopping": hangs},
	stdout: all("<up>, signal <signal>, stopping, signal <signal>, signal <signal>"),
	exit:   all("killed"),
}, {
	name: "while stopping kills", signals: bothSignals, at: moments{"up", "before stop cache", "signal <signal>"},
	does:   acts{"before stop cache": hangs},
	stdout: all("<up>, signal <signal>, stopping, <close>, before stop cache, signal <signal>, signal <signal>"),
	exit:   all("killed"),
}}
