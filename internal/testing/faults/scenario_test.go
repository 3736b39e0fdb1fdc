//go:build unix

package faults_test

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// way is how a scenario is played.
type way int

const (
	plain way = iota // a Runner: Run(resources), Run(servers), Finish
	byFx             // fx.New(...).Run()
	byRun            // fxservices.Run
)

var waysByName = map[string]way{"plain Runner": plain, "fx.App.Run": byFx, "fxservices.Run": byRun}

// scenario is what happens to a program, and what has to come of it.
type scenario struct {
	name string

	does    acts                        // what callbacks do, by the lines that they say; see services_test.go
	signals []syscall.Signal            // it is played once with each; none: once, without any
	at      moments                     // when the parent sends the signal, once for each of these
	listens []os.Signal                 // of WithSignals; nil: it is not used
	within  map[string][]runner.Setting // by service
	drain   drainDelay

	dies bool // not at once: what it still says before that is left to time

	startTimeout time.Duration // of the application; plain Runners have none
	retried      bool          // the cache is

	stdout ways // the lines
	stderr ways // the error: what Run returned, or what fx has logged
	exit   ways // the code; "killed": by the signal; "": there is no such thing in this way
}

// moments are told by lines of the program. Those that are joined by " + " have
// all to be there, in any order.
type moments []string

// ways is what is wanted of each way. In it
//
//	<servers> is all lines until both servers listen
//	<up>      is all lines until everything is started
//	<close>   is the lines of both servers: plain Runners close them at the same
//	          time (and they are sorted), the others in reverse
//	<stop>    is the lines of both resources, and of the end
//	<signal>  is the name of the signal
type ways [3]string

func all(want string) ways { return ways{want, want, want} }

// split is for what differs between Run(resources), Run(servers) and one sequence.
func split(plain, fx string) ways { return ways{plain, fx, fx} }

// signalCodes are those of a program that a signal has cut short. fxservices.ExitCode
// alone tells it from other failures.
var signalCodes = ways{"1", "1", "128+n"}

var scenarios = map[string][]scenario{
	"signal":               firstSignals,
	"second signal":        secondSignals,
	"third signal":         thirdSignals,
	"other signal":         otherSignals,
	"failure":              failures,
	"panic":                panicking,
	"panic of an observer": observerPanicking,
	"hang":                 hanging,
}

const resourcesUp = "starting, load db, start db, check db, start cache, "

var meanings = [3]*strings.Replacer{
	plain: strings.NewReplacer(
		"<servers>", resourcesUp+"ready, starting, listen api, listen worker",
		"<up>", resourcesUp+"ready, starting, listen api, listen worker, up",
		"<close>", "close api, close worker",
		"<stop>", "stop cache, stop db, stopped",
	),
	byFx:  ofFx,
	byRun: ofFx,
}

var ofFx = strings.NewReplacer(
	"<servers>", resourcesUp+"listen api, listen worker",
	"<up>", resourcesUp+"listen api, listen worker, up",
	"<close>", "close worker, close api",
	"<stop>", "stop cache, stop db, stopped",
)

// wanted is what a scenario wants of one way, and one signal.
func (s scenario) wanted(w way, sig syscall.Signal) outcome {
	concrete := strings.NewReplacer("<signal>", sig.String(), "128+n", fmt.Sprint(128+int(sig)), "killed", "killed by "+sig.String())
	return outcome{
		Stdout: lines(strings.Split(concrete.Replace(meanings[w].Replace(s.stdout[w])), ", ")),
		Stderr: concrete.Replace(s.stderr[w]),
		Exit:   concrete.Replace(s.exit[w]),
	}
}

// test plays scenarios, each in every way and with every signal.
func test(t *testing.T, group string) {
	t.Helper()
	for _, s := range scenarios[group] {
		if len(s.signals) == 0 {
			t.Run(s.name, func(t *testing.T) { s.test(t, group, 0) })
		}
		for _, sig := range s.signals {
			t.Run(s.name+"/"+sig.String(), func(t *testing.T) {
				if signal.Ignored(sig) {
					t.Skip("the tests were started to ignore it, as a job in the background is")
				}
				s.test(t, group, sig)
			})
		}
	}
}

func (s scenario) test(t *testing.T, group string, sig syscall.Signal) {
	for name, w := range waysByName {
		if s.exit[w] == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, got := s.wanted(w, sig), s.play(t, group, w, sig)
			for again := 0; again < 3 && got.stalled(want); again++ {
				t.Logf("played again, since the machine was busy: %s", got.Stderr)
				got = s.play(t, group, w, sig)
			}
			if s.dies {
				got.Stdout = got.Stdout[:min(len(got.Stdout), len(want.Stdout))]
			}
			require.Equal(t, want, got)
		})
	}
}

// play is what the parent does.
func (s scenario) play(t *testing.T, group string, w way, sig syscall.Signal) outcome {
	t.Helper()
	p := launch(t, key{Group: group, Name: s.name, Way: w, Signal: sig})
	for _, moment := range s.at {
		p.await(strings.Split(strings.ReplaceAll(moment, "<signal>", sig.String()), " + "))
		p.send(sig)
	}
	return p.outcome(w == plain && strings.Contains(s.stdout[w], "<close>"))
}
