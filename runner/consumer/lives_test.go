package consumer_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-fxservices/services/runner/consumer"
)

var (
	livesFlag = flag.Int("lives", 0, "how many random lives TestLives plays; by default 100,000, and with the race detector 5,000")
	seedFlag  = flag.Uint64("lives.seed", 1, "the seed of the first of them")
)

// TestLives plays random lives of a consumer: receive, handle, OnError, open and close fail, panic, exit their goroutine, take
// their time, and ignore their contexts, while Close comes at any moment with any budget. It plays the same lives every time
// unless flags say otherwise; to play one that went wrong, give its seed with -lives=1.
func TestLives(t *testing.T) {
	t.Parallel()
	percent := debug.SetGCPercent(800) // a life is short-lived garbage
	t.Cleanup(func() { debug.SetGCPercent(percent) })
	lives := *livesFlag
	switch {
	case lives > 0:
	case raceDetector:
		lives = 5_000
	case testing.Short():
		lives = 20_000
	default:
		lives = 100_000
	}
	const parts = 4 // at the same time
	for part := range uint64(parts) {
		t.Run(fmt.Sprintf("part %d", part), func(t *testing.T) {
			t.Parallel()
			for n := part; n < uint64(lives) && !t.Failed(); n += parts {
				playLife(t, *seedFlag+n)
			}
		})
	}
}

// playLife plays the life of a seed in a bubble of its own, so that it leaves no goroutine behind.
func playLife(t *testing.T, seed uint64) {
	t.Helper()
	returned := false
	defer func() {
		if !returned {
			t.Errorf("seed %d: %v", seed, drawLife(seed))
		}
	}()
	synctest.Test(t, func(t *testing.T) {
		l := drawLife(seed)
		r := newRecord(l)
		c := consumer.New("orders", r.receive, r.handle, l.options(r)...)
		for i := range l.rounds {
			r.play(t.Context(), c, &l.rounds[i])
		}
		for _, wrong := range r.wrong {
			t.Errorf("seed %d: %s\n%v", seed, wrong, l)
		}
	})
	returned = true
}

// life is what happens to a consumer.
type life struct {
	workers     int
	timeout     time.Duration // of handle; 0: none
	receives    []act         // one after the other; then receive waits for its end
	handles     []act         // of the message with that number
	onError     *act          // nil: none
	open, close *act          // nil: no Session
	rounds      []round
}

// round is one Listen, and how it ends.
type round struct {
	cancel time.Duration // when the context of Listen ends; 0: it does not
	closes []closing
}

// closing is a call of Close. It comes between two milliseconds, so that nothing else happens at the same time.
type closing struct{ at, budget time.Duration }

// act is what a function of the user does.
type act struct {
	outcome outcome
	takes   time.Duration
	greedy  bool // it ignores the end of its context
}

type outcome int

const (
	succeed outcome = iota // receive: a message
	fail
	failFatally
	none
	panicking
	exit
	outcomes
)

var (
	errFatal = errors.New("fatal")
	errOpen  = errors.New("open")
	errLeave = errors.New("leave")
)

func drawLife(seed uint64) life {
	random := rand.New(rand.NewPCG(seed, 0))
	once := func(in int) bool { return random.IntN(in) == 0 }
	upTo := func(n int) time.Duration { return time.Duration(random.IntN(n+1)) * time.Millisecond }
	draw := func(sound int) act { // one of sound+1 acts does not just succeed
		a := act{takes: upTo(20), greedy: once(4)}
		if once(3) {
			a.takes = 0
		}
		if random.IntN(sound+1) == 0 {
			a.outcome = outcome(random.IntN(int(outcomes)))
		}
		return a
	}
	maybe := func(in, sound int) *act {
		if !once(in) {
			return nil
		}
		a := draw(sound)
		return &a
	}
	l := life{workers: 1 + random.IntN(3), onError: maybe(2, 3)}
	if once(4) {
		l.timeout = upTo(10)
	}
	for range random.IntN(6) {
		l.receives = append(l.receives, draw(2))
		handle := draw(2)
		if once(30) {
			handle = act{takes: time.Hour, greedy: true}
		}
		l.handles = append(l.handles, handle)
	}
	if l.onError != nil && once(4) {
		l.onError.takes = upTo(200)
	}
	if once(3) {
		l.open, l.close = maybe(1, 4), maybe(1, 4)
	}
	for range 1 + random.IntN(4)/3 {
		var r round
		for range 1 + random.IntN(4)/3 {
			r.closes = append(r.closes, closing{at: upTo(60) + time.Millisecond/2, budget: upTo(60)})
		}
		if once(4) {
			r.cancel = upTo(60) + time.Millisecond/4
		}
		l.rounds = append(l.rounds, r)
	}
	return l
}

func (l life) String() string {
	return fmt.Sprintf("%d workers, timeout %v\nreceives %v\nhandles %v\nOnError %v, open %v, close %v\nrounds %v",
		l.workers, l.timeout, l.receives, l.handles, l.onError, l.open, l.close, l.rounds)
}

func (a *act) String() string {
	if a == nil {
		return "none"
	}
	return fmt.Sprintf("%+v", *a)
}

func (l *life) options(r *record) []consumer.Option {
	opts := []consumer.Option{
		consumer.Workers(l.workers), consumer.HandleTimeout(l.timeout), pauseMS,
		consumer.FatalError(func(err error) bool { return errors.Is(err, errFatal) }),
	}
	if l.onError != nil {
		opts = append(opts, consumer.OnError(r.onError))
	}
	if l.open != nil {
		opts = append(opts, consumer.Session(r.open, r.close))
	}
	return opts
}

// play plays one Listen with its Closes, and one more that has all the time it needs.
func (r *record) play(ctx context.Context, c *consumer.Consumer[int], plan *round) {
	r.begin(plan)
	if plan.cancel > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, plan.cancel)
		defer cancel()
	}
	listening, closed := listen(ctx, c), make(chan error)
	for _, closing := range plan.closes {
		go func() {
			time.Sleep(closing.at)
			began := time.Now()
			err := closeWithin(closing.budget, c)
			r.checkClose(err, closing, time.Since(began))
			closed <- nil
		}()
	}
	r.checkListen(<-listening)
	for range plan.closes {
		<-closed
	}
	_ = closeWithin(24*time.Hour, c)
	r.checkOver(c)
}
