package consumer_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

// messages returns a receive that gets texts, and then calls whenEmpty and waits.
func messages(whenEmpty func(), texts ...string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		if len(texts) == 0 {
			whenEmpty()
			<-ctx.Done()
			return "", ctx.Err()
		}
		text := texts[0]
		texts = texts[1:]
		return text, nil
	}
}

// runAndFinish is what a main function does.
func runAndFinish(r *runner.Runner, services ...runner.Service) error {
	ctx := context.Background()
	return errors.Join(r.Run(ctx, services...), r.Finish(ctx))
}

func Example() {
	r := runner.NewRunner()
	receive := messages(func() { r.Shutdown(nil) }, "apples", "lead", "pears")
	orders := consumer.New("orders", receive,
		func(_ context.Context, order string) error {
			if order == "lead" {
				return errors.New("too heavy")
			}
			fmt.Println("shipped", order)
			return nil
		},
		consumer.HandleTimeout(time.Minute),
		consumer.OnError(func(_ context.Context, order string, err error) { fmt.Printf("parked %s: %v\n", order, err) }),
	)

	fmt.Println(runAndFinish(r, orders))
	fmt.Printf("%+v\n", orders.Stats())
	// Output:
	// shipped apples
	// parked lead: too heavy
	// shipped pears
	// <nil>
	// {Received:3 Handled:2 Failed:1 InHand:0}
}

func ExampleNew() {
	empty := make(chan struct{})
	c := consumer.New("greetings", messages(func() { close(empty) }, "hello", "goodbye"),
		func(_ context.Context, text string) error {
			fmt.Println(text)
			return nil
		})

	ctx := context.Background()
	listening := make(chan error, 1)
	go func() { listening <- c.Listen(ctx) }()
	<-empty
	fmt.Println(c.Name(), c.IsReady(ctx), c.IsHealthy(ctx))
	fmt.Println(c.Close(ctx), <-listening)
	fmt.Println(c.IsReady(ctx))
	// Output:
	// hello
	// goodbye
	// greetings <nil> <nil>
	// <nil> <nil>
	// not listening
}

func ExampleWorkers() {
	both := make(chan struct{})
	r := runner.NewRunner()
	c := consumer.New("calls", messages(func() {}, "caller", "callee"), func(_ context.Context, who string) error {
		if who == "caller" {
			both <- struct{}{} // waits until the other message is being handled, too
			return nil
		}
		<-both
		r.Shutdown(nil)
		return nil
	}, consumer.Workers(2))

	fmt.Println(runAndFinish(r, c), c.Stats().Handled)
	// Output: <nil> 2
}

func ExampleHandleTimeout() {
	r := runner.NewRunner()
	c := consumer.New("orders", messages(func() { r.Shutdown(nil) }, "slow"), func(ctx context.Context, _ string) error {
		<-ctx.Done() // a query that takes too long
		return ctx.Err()
	},
		consumer.HandleTimeout(time.Millisecond),
		consumer.OnError(func(_ context.Context, order string, err error) { fmt.Printf("%s: %v\n", order, err) }),
	)
	fmt.Println(runAndFinish(r, c))
	// Output:
	// slow: context deadline exceeded
	// <nil>
}

func ExamplePause() {
	r := runner.NewRunner()
	connected, failures := messages(func() { r.Shutdown(nil) }, "apples"), 3
	c := consumer.New("orders", func(ctx context.Context) (string, error) {
		if failures--; failures >= 0 {
			return "", errors.New("connection refused")
		}
		return connected(ctx)
	}, func(_ context.Context, order string) error {
		fmt.Println("shipped", order)
		return nil
	}, consumer.Pause(func(failures int) time.Duration {
		fmt.Println("failures:", failures)
		return time.Duration(failures) * time.Millisecond
	}))
	fmt.Println(runAndFinish(r, c))
	// Output:
	// failures: 1
	// failures: 2
	// failures: 3
	// shipped apples
	// <nil>
}

func ExampleOnError() {
	r := runner.NewRunner()
	c := consumer.New("orders", messages(func() { r.Shutdown(nil) }, "bad"),
		func(context.Context, string) error { panic("no such customer") },
		consumer.OnError(func(_ context.Context, order string, err error) {
			var p *runner.PanicError
			fmt.Printf("log %s: %v, with a stack: %t\n", order, err, errors.As(err, &p) && len(p.Stack) > 0)
		}),
		consumer.OnError(func(_ context.Context, order string, _ error) { fmt.Println("give back", order) }),
	)
	fmt.Println(runAndFinish(r, c))
	// Output:
	// log bad: panic: no such customer, with a stack: true
	// give back bad
	// <nil>
}

func ExampleFatalError() {
	errNoQueue := errors.New("queue does not exist")
	c := consumer.New("orders",
		func(context.Context) (string, error) { return "", errNoQueue },
		func(context.Context, string) error { return nil },
		consumer.FatalError(func(err error) bool { return errors.Is(err, errNoQueue) }))

	fmt.Println(runAndFinish(runner.NewRunner(), c))
	// Output: listen "orders": receive: queue does not exist
}

func ExampleSession() {
	r := runner.NewRunner()
	say := func(what string) func(context.Context) error {
		return func(context.Context) error {
			fmt.Println(what)
			return nil
		}
	}
	c := consumer.New("orders", messages(func() { r.Shutdown(nil) }, "apples"),
		func(_ context.Context, order string) error {
			fmt.Println("shipped", order)
			return nil
		},
		consumer.Session(say("join the group"), say("leave the group")))
	fmt.Println(runAndFinish(r, c))
	// Output:
	// join the group
	// shipped apples
	// leave the group
	// <nil>
}

// A receive that polls says with ErrNone that nothing came in time, so that the consumer is known to be healthy.
func ExampleErrNone() {
	polls := 0
	r := runner.NewRunner()
	var c *consumer.Consumer[string]
	c = consumer.New("orders", func(ctx context.Context) (string, error) {
		poll, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		<-poll.Done() // a real one waits for a message as well
		if polls++; polls == 3 {
			fmt.Println("polled", polls, "times, healthy:", c.IsHealthy(ctx) == nil)
			r.Shutdown(nil)
		}
		return "", consumer.ErrNone
	}, func(context.Context, string) error { return nil })
	fmt.Println(runAndFinish(r, c))
	// Output:
	// polled 3 times, healthy: true
	// <nil>
}

func ExampleEvery() {
	n := 0
	r := runner.NewRunner()
	cleanup := consumer.New("cleanup", consumer.Every(time.Millisecond), func(context.Context, time.Time) error {
		if n++; n == 3 {
			fmt.Println("cleaned up", n, "times")
			r.Shutdown(nil)
		}
		return nil
	})
	fmt.Println(runAndFinish(r, cleanup))
	// Output:
	// cleaned up 3 times
	// <nil>
}

// The error of a Close whose time was over before all messages in hand were handled.
func ExampleCutOffError() {
	err := fmt.Errorf("close %q: %w", "orders", &consumer.CutOffError{
		Consumer: "orders", Messages: 3, Running: 1, Err: context.DeadlineExceeded,
	})
	fmt.Println(err)

	var cut *consumer.CutOffError
	fmt.Println(errors.As(err, &cut), cut.Messages, errors.Is(err, context.DeadlineExceeded))
	// Output:
	// close "orders": 3 messages cut off, 1 of them still being handled
	// true 3 true
}
