package dashboard

import (
	"time"

	"github.com/go-fxservices/services/observers/timeline"
)

// step is where a service, or the application, is, and since when.
type step struct {
	State string
	Since time.Time
}

// app returns where the application is.
func app(s *timeline.Snapshot) step {
	return latest([]step{
		{"constructing", s.Began}, {"starting", s.Constructed}, {"ready", s.Ready}, {"stopping", s.ShutdownBegan},
		{"stopped", s.Stopped},
	})
}

// isChanging reports whether the application will soon be elsewhere, unless something hangs.
func (s step) isChanging() bool { return s.State != "ready" && s.State != "stopped" }

// stepOf returns where a service is.
func stepOf(s *timeline.Service) step {
	if _, done := s.Done(); done {
		return step{"done", s.Stopped}
	}
	if !s.Failed.IsZero() && s.StopBegan.IsZero() {
		return step{"failed", s.Failed}
	}
	starting := "starting"
	if !s.Started.IsZero() {
		starting = "getting ready"
	}
	stopped := "stopped"
	if s.Err != nil {
		stopped = "failed"
	}
	return latest([]step{
		{"waiting", s.Queued}, {"loading", s.LoadBegan}, {"loaded", s.Loaded}, {starting, s.StartBegan}, {"ready", s.Ready},
		{"stopping", s.StopBegan}, {stopped, s.Stopped},
	})
}

// latest returns the last of steps that has begun.
func latest(steps []step) (now step) {
	for _, s := range steps {
		if !s.Since.IsZero() {
			now = s
		}
	}
	return now
}

// failure says which step of a service failed. It is empty for one that has not.
func failure(s *timeline.Service) string {
	switch {
	case !s.Failed.IsZero() && !s.Ready.IsZero():
		return "failed once it was ready"
	case !s.Failed.IsZero() && s.StartBegan.IsZero():
		return "load failed"
	case !s.Failed.IsZero():
		return "start failed"
	case s.Err != nil:
		return "stop failed"
	default:
		return ""
	}
}
