//go:build unix

package faults_test

import (
	"os"
	"syscall"
	"testing"
)

func TestOtherSignal(t *testing.T) { test(t, "other signal") }

var (
	hupAndUsr1 = []syscall.Signal{syscall.SIGHUP, syscall.SIGUSR1}
	ofBoth     = []os.Signal{syscall.SIGHUP, syscall.SIGUSR1}
)

var otherSignals = []scenario{{
	name: "of WithSignals while loading cancels the start", signals: hupAndUsr1, listens: ofBoth, at: moments{"load db"},
	does:   acts{"load db": waits},
	stdout: all("starting, load db, signal <signal>, stopping, stopped"),
	stderr: all(`load "db": received signal <signal>`),
	exit:   signalCodes,
}, {
	name: "of WithSignals while starting cancels the start", signals: hupAndUsr1, listens: ofBoth, at: moments{"start cache"},
	does:   acts{"start cache": waits},
	stdout: all("starting, load db, start db, check db, start cache, signal <signal>, stopping, stop db, stopped"),
	stderr: all(`start "cache": received signal <signal>`),
	exit:   signalCodes,
}, {
	name: "of WithSignals while serving closes gracefully", signals: hupAndUsr1, listens: ofBoth, at: moments{"up"},
	stdout: all("<up>, signal <signal>, stopping, <close>, <stop>"),
	exit:   all("0"),
}, {
	name: "of WithSignals cuts the stop short when it is the second", signals: hupAndUsr1, listens: ofBoth, at: moments{"up", "stop cache"},
	does:   acts{"stop cache": waits},
	stdout: all("<up>, signal <signal>, stopping, <close>, stop cache, signal <signal>, stop db, stopped"),
	stderr: all(`stop "cache": received signal <signal>: context canceled`),
	exit:   signalCodes,
}, {
	name: "of WithSignals kills when it is the third", signals: []syscall.Signal{syscall.SIGHUP}, listens: ofBoth, at: moments{"up", "before stop cache", "signal <signal>"},
	does:   acts{"before stop cache": hangs},
	stdout: all("<up>, signal <signal>, stopping, <close>, before stop cache, signal <signal>, signal <signal>"),
	exit:   all("killed"),
}, {
	name: "of WithSignals that Go survives exits when it is the third", signals: []syscall.Signal{syscall.SIGUSR1}, listens: ofBoth,
	at:     moments{"up", "before stop cache", "signal <signal>"},
	dies:   true,
	does:   acts{"before stop cache": hangs},
	stdout: all("<up>, signal <signal>, stopping, <close>, before stop cache, signal <signal>, signal <signal>"),
	exit:   all("128+n"),
}, {
	name: "that is not of WithSignals kills while starting", signals: bothSignals, listens: ofBoth, at: moments{"start cache"},
	does:   acts{"start cache": waits},
	stdout: all("starting, load db, start db, check db, start cache"),
	exit:   all("killed"),
}, {
	name: "that is not of WithSignals kills while serving, unless fx listens, as it does in fx.App.Run", signals: bothSignals, listens: ofBoth, at: moments{"all listen"},
	does:   acts{"up": fxListens},
	stdout: ways{"<up>, all listen", "<up>, all listen, stopping, <close>, <stop>", "<up>, all listen"},
	exit:   ways{"killed", "0", "killed"},
}, {
	name: "kills where WithSignals is of none, unless fx listens, as it does in fx.App.Run", signals: bothSignals, listens: []os.Signal{}, at: moments{"all listen"},
	does:   acts{"up": fxListens},
	stdout: ways{"<up>, all listen", "<up>, all listen, stopping, <close>, <stop>", "<up>, all listen"},
	exit:   ways{"killed", "0", "killed"},
}, {
	name: "kills while serving without WithSignals", signals: []syscall.Signal{syscall.SIGHUP}, at: moments{"up"},
	stdout: all("<up>"),
	exit:   all("killed"),
}}
