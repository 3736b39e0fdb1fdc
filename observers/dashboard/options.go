package dashboard

import "github.com/go-fxservices/services/observers/timeline"

// An Option changes the page. A nil Option is skipped.
type Option func(*dashboard)

// ShowErrors puts the texts of errors into the page. By default it says only what failed: errors may carry secrets.
func ShowErrors() Option { return func(d *dashboard) { d.showErrors = true } }

type dashboard struct {
	timeline   *timeline.Timeline
	showErrors bool
	streams    chan struct{} // has an element for each stream of events
}
