package fxservices

import (
	"go.uber.org/fx"

	"github.com/go-fxservices/services/observers/timeline"
)

// Timeline records when the services of the application start and stop, and
// provides the [*timeline.Timeline]. Its time begins with this call: it belongs into
// the arguments of fx.New or [Run].
//
// Each of files is written when the application has started, or has failed to, and
// again when it has stopped; the end of its name says what is written, as
// [timeline.Snapshot.WriteFile] has it: "start.svg", "start.trace.json". Each is
// written once while the application is built, so that a name that does not do is an
// error of fx.New. What goes wrong later is joined to the error of the stop.
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
		if err := s.WriteFile(path); err != nil {
			return err
		}
	}
	return nil
}
