//go:build unix

package faults_test

import (
	"testing"
	"time"

	"github.com/go-fxservices/services/runner"
)

func TestHang(t *testing.T) { test(t, "hang") }

type settings = map[string][]runner.Setting

var (
	startsWithin = []runner.Setting{runner.StartTimeout(300 * time.Millisecond)}
	stopsWithin  = []runner.Setting{runner.StopTimeout(300 * time.Millisecond)}
)

var hanging = []scenario{{
	name: "of Load is abandoned after its start timeout",
	does: acts{"load db": hangs}, within: settings{"db": startsWithin},
	stdout: all("starting, load db, stopping, stopped"),
	stderr: all(`load "db": timed out after 300ms, abandoned after D`),
	exit:   all("1"),
}, {
	name: "of Start is abandoned after its start timeout",
	does: acts{"start cache": hangs}, within: settings{"cache": startsWithin},
	stdout: all("starting, load db, start db, check db, start cache, stopping, stop db, stopped"),
	stderr: all(`start "cache": timed out after 300ms, abandoned after D`),
	exit:   all("1"),
}, {
	name: "of Start is abandoned after the start timeout of the application",
	does: acts{"start cache": hangs}, startTimeout: 3 * time.Second, // a third of it is kept for the rollback
	stdout: split("", "starting, load db, start db, check db, start cache, stopping, stop db, stopped"),
	stderr: split("", `start "cache": start of the application timed out after D, of which 1s is for the rollback, abandoned after D`),
	exit:   split("", "1"),
}, {
	name: "of IsReady is abandoned after its start timeout",
	does: acts{"check db": hangs}, within: settings{"db": startsWithin},
	stdout: all("starting, load db, start db, check db, stopping, stop db, stopped"),
	stderr: all(`ready "db": timed out after 300ms, abandoned after D`),
	exit:   all("1"),
}, {
	name: "of Load is abandoned after a signal", signals: bothSignals, at: moments{"load db"},
	does:   acts{"load db": hangs},
	stdout: all("starting, load db, signal <signal>, stopping, stopped"),
	stderr: all(`load "db": received signal <signal>, abandoned after D`),
	exit:   signalCodes,
}, {
	name: "of Start is abandoned after a signal", signals: bothSignals, at: moments{"start cache"},
	does:   acts{"start cache": hangs},
	stdout: all("starting, load db, start db, check db, start cache, signal <signal>, stopping, stop db, stopped"),
	stderr: all(`start "cache": received signal <signal>, abandoned after D`),
	exit:   signalCodes,
}, {
	name: "of IsReady is abandoned after a signal", signals: bothSignals, at: moments{"check db"},
	does:   acts{"check db": hangs},
	stdout: all("starting, load db, start db, check db, signal <signal>, stopping, stop db, stopped"),
	stderr: all(`ready "db": received signal <signal>, abandoned after D`),
	exit:   signalCodes,
}, {
	name: "of Listen is abandoned after its stop timeout", signals: terminated, at: moments{"up"},
	does: acts{"listen worker": hangs}, within: settings{"worker": stopsWithin},
	stdout: all("<up>, signal <signal>, stopping, <close>, <stop>"),
	stderr: all(`listen "worker": timed out after 300ms, abandoned after D`),
	exit:   all("1"),
}, {
	name: "of Close is abandoned after its stop timeout", signals: terminated, at: moments{"up"},
	does: acts{"close worker": hangs}, within: settings{"worker": stopsWithin},
	stdout: all("<up>, signal <signal>, stopping, <close>, <stop>"),
	stderr: all(`close "worker": timed out after 300ms, abandoned after D`),
	exit:   all("1"),
}, {
	name: "of Stop is abandoned after its stop timeout", signals: terminated, at: moments{"up"},
	does: acts{"stop cache": hangs}, within: settings{"cache": stopsWithin},
	stdout: all("<up>, signal <signal>, stopping, <close>, <stop>"),
	stderr: all(`stop "cache": timed out after 300ms, abandoned after D`),
	exit:   all("1"),
}, {
	name: "of Listen is abandoned after a second signal", signals: bothSignals, at: moments{"up", "close api + close worker"},
	does:   acts{"listen api": hangs},
	stdout: all("<up>, signal <signal>, stopping, <close>, signal <signal>, <stop>"),
	stderr: split(
		`listen "api": received signal <signal>, abandoned after D`+"\nreceived signal <signal>",
		`listen "api": received signal <signal>, abandoned after D`,
	),
	exit: signalCodes,
}, {
	name: "of Close is abandoned after a second signal", signals: bothSignals, at: moments{"up", "close api + close worker"},
	does:   acts{"close api": hangs},
	stdout: all("<up>, signal <signal>, stopping, <close>, signal <signal>, <stop>"),
	stderr: split(
		`close "api": received signal <signal>, abandoned after D`+"\nreceived signal <signal>",
		`close "api": received signal <signal>, abandoned after D`,
	),
	exit: signalCodes,
}, {
	name: "of Stop is abandoned after a second signal", signals: bothSignals, at: moments{"up", "stop cache"},
	does:   acts{"stop cache": hangs},
	stdout: all("<up>, signal <signal>, stopping, <close>, stop cache, signal <signal>, stop db, stopped"),
	stderr: all(`stop "cache": received signal <signal>, abandoned after D`),
	exit:   signalCodes,
}}
