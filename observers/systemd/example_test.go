package systemd_test

import (
	"context"
	"fmt"

	"github.com/go-fxservices/services/observers/systemd"
	"github.com/go-fxservices/services/runner"
)

func ExampleNew() {
	queue := make(chan string, 1)
	live := func(context.Context) error { // asked when the unit has WatchdogSec=
		if len(queue) == cap(queue) {
			return fmt.Errorf("nobody takes from the queue")
		}
		return nil
	}
	r := runner.NewRunner(runner.WithObserver(systemd.New(systemd.Live(live))))

	ctx := context.Background()
	fmt.Println(r.Start(ctx, resourceOf("db"))) // systemd, if it listens: READY=1
	fmt.Println(r.Finish(ctx))                  // STOPPING=1
	// Output:
	// <nil>
	// <nil>
}

func ExampleListeners() {
	listeners, err := systemd.Listeners()
	fmt.Println(len(listeners["http"]), err) // without socket activation
	// Output: 0 <nil>
}

func resourceOf(name string) runner.Resource {
	nothing := func(context.Context) error { return nil }
	return runner.NewResource(name, nothing, nothing)
}
