package fxservices

import (
	"go.uber.org/fx"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/observers/timeline/draw"
)

// Timeline records when the services of the application start and stop, and provides
// the [*timeline.Timeline]. Its time begins with this call, so pass it directly to
// fx.New or [Run].
//
// Timeline writes each of files when the application has started or has failed to
// start, and again when it has stopped. The end of a file name selects the format, as
// in [draw.WriteFile]: "start.svg", "start.trace.json". Timeline also writes each file
// once while fx builds the application, so that an invalid file name is an error of
// fx.New. The application joins later write errors to the error of its stop.
func Timeline(files ...string) fx.Option {
	t := timeline.New()
	return fx.Options(
		fx.Provide(func() *timeline.Timeline { return t }),
		Observe(t),
		fx.Invoke(func(n need) error {
			if err := n.check(); err != nil {
				return err
			}
			n.App.record = func() error { return write(t, files) }
			return n.App.record()
		}),
	)
}

func write(t *timeline.Timeline, files []string) error {
	s := t.Snapshot()
	for _, path := range files {
		if err := draw.WriteFile(path, s); err != nil {
			return err
		}
	}
	return nil
}
