package timeline_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

func Example() {
	clock := &stoppedClock{now: time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)} // for the output: leave it out
	tl := timeline.New(timeline.WithClock(clock.Now))
	r := runner.NewRunner(runner.WithObserver(tl))

	clock.pass(12 * time.Millisecond) // the program is constructed
	db := runner.NewResource("db", clock.passing(50*time.Millisecond), nil)
	cache := runner.NewResource("cache", clock.passing(20*time.Millisecond), nil)
	_ = r.Run(context.Background(), db, cache)
	_ = tl.Snapshot().WriteText(os.Stdout)
	_ = r.Finish(context.Background())
	// Output:
	// constructed in 12ms, started in 70ms, ready after 82ms
	//
	//  own  waited  service
	// 50ms       -  db
	// 20ms       -  cache
	//
	// critical path: @ when it began, + what it took
	// cache @62ms +20ms
	// └─db @12ms +50ms
}

func ExampleTimeline_Snapshot() {
	tl := timeline.New()
	r := runner.NewRunner(runner.WithObserver(tl))

	_ = r.Run(context.Background(), runner.NewResource("db", nil, nil), runner.NewResource("cache", nil, nil))
	s := tl.Snapshot()
	_ = r.Finish(context.Background())
	for _, service := range s.Services {
		fmt.Println(service.Name, "is ready:", !service.Ready.IsZero())
	}
	// Output:
	// db is ready: true
	// cache is ready: true
}

func ExampleSnapshot_Spans() {
	begin := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	s := timeline.Snapshot{Taken: begin.Add(90 * time.Millisecond), Services: []timeline.Service{
		{Name: "db", StartBegan: begin, Started: begin.Add(50 * time.Millisecond)},
	}}
	for _, span := range s.Spans(0) {
		fmt.Println(span.Step, span.Duration(), span.Open)
	}
	// Output:
	// start 50ms false
	// ready 40ms true
}

func ExampleSnapshot_CriticalPath() {
	begin := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	s := timeline.Snapshot{Services: []timeline.Service{
		{Name: "db", StartBegan: begin, Ready: begin.Add(50 * time.Millisecond)},
		{Name: "cache", StartBegan: begin, Ready: begin.Add(20 * time.Millisecond)},
		{Name: "api", StartBegan: begin.Add(50 * time.Millisecond), Ready: begin.Add(60 * time.Millisecond), After: []int{0, 1}},
	}}
	for _, i := range s.CriticalPath() {
		fmt.Println(s.Services[i].Name, s.Own(i))
	}
	// Output:
	// db 50ms
	// api 10ms
}

func ExampleSnapshot_WriteJSON() {
	begin := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	s := timeline.Snapshot{Began: begin, Services: []timeline.Service{
		{Name: "db", Kind: runner.KindResource, StartBegan: begin, Started: begin.Add(time.Second)},
	}}
	_ = s.WriteJSON(os.Stdout)
	// Output:
	// {"timeline":{"startTime":"2026-01-02T15:04:05Z","events":[{"startupStep":{"name":"application.construct","id":1,"parentId":0,"tags":[]},"startTime":"2026-01-02T15:04:05Z"},{"startupStep":{"name":"service.start","id":2,"parentId":0,"tags":[{"key":"service","value":"db"},{"key":"kind","value":"resource"}]},"startTime":"2026-01-02T15:04:05Z","endTime":"2026-01-02T15:04:06Z","duration":"PT1S"},{"startupStep":{"name":"service.ready","id":3,"parentId":0,"tags":[{"key":"service","value":"db"},{"key":"kind","value":"resource"}]},"startTime":"2026-01-02T15:04:06Z"}]}}
}

func ExampleWithLimit() {
	tl := timeline.New(timeline.WithLimit(1))
	r := runner.NewRunner(runner.WithObserver(tl))

	_ = r.Run(context.Background(), runner.NewResource("db", nil, nil), runner.NewResource("cache", nil, nil))
	s := tl.Snapshot()
	_ = r.Finish(context.Background())
	fmt.Println(len(s.Services), "kept,", s.Dropped, "left out")
	// Output: 1 kept, 1 left out
}

// stoppedClock is a clock that only pass moves.
type stoppedClock struct{ now time.Time }

func (c *stoppedClock) Now() time.Time       { return c.now }
func (c *stoppedClock) pass(d time.Duration) { c.now = c.now.Add(d) }

func (c *stoppedClock) passing(d time.Duration) func(context.Context) error {
	return func(context.Context) error {
		c.pass(d)
		return nil
	}
}
