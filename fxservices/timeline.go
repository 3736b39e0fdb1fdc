package fxservices

import (
	"go.uber.org/fx"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/observers/timeline/draw"
)

// Timeline records when the services of the application start and stop, and provides the [*timeline.Timeline]. The recording
// begins with this call: pass it directly to fx.New or [Run].
//
// The application writes each of files when it has started or failed to start, and again when it has stopped. The end of a
// file name decides on the format, as in [draw.WriteFile]: "start.svg", "start.trace.json". Each file is also
// written once while fx builds the application, so that an invalid file name is an error of fx.New. Later write errors are
// joined to the error of the stop.
func Timeline(files ...string) fx.Option {
	t := timeline.New()
	return own{fx.Options(
		fx.Provide(func() *timeline.Timeline { return t }),
		Observe(t),
		fx.Invoke(func(in appIn) error {
			if err := in.check(); err != nil {
				return err
			}
			in.App.record = func() error { return write(t, files) }
			return in.App.record()
		}),
	)}
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
