package draw

import "time"

// timeScale maps time to places on the x axis. It has up to three pieces: the start
// and the shutdown, each to a scale of its own, and a break for the days between
// them.
type timeScale struct {
	pieces []piece
}

type piece struct {
	from, to    time.Time
	left, right float64
	broken      bool // not to scale, and marked with a tear
}

const (
	breakWidth = 100.0 // of a break that stands for some time
	gapWidth   = 20.0  // of a break that only separates two scales
	startShare = 0.62  // of the start, in the room for start and shutdown
)

// newScale returns a scale between left and right.
func newScale(m *model, left, right float64) timeScale {
	begin, end := m.origin(), m.end()
	startup, shutdown := m.startup(), m.ShutdownBegan
	ready := startup.End
	if startup.Open || ready.After(end) {
		ready = end
	}
	ready = later(begin, ready)
	closing := !shutdown.IsZero() && end.After(begin)
	if !closing {
		shutdown = end
	}
	shutdown = later(ready, shutdown)
	pause := breakWidth
	if shutdown.Sub(ready) <= ready.Sub(begin)/8 { // short enough to be part of the start
		ready, pause = shutdown, gapWidth
	}
	if !closing && ready.Equal(shutdown) {
		return timeScale{[]piece{{from: begin, to: ready, left: left, right: right}}}
	}
	stopLeft := right
	if closing {
		stopLeft = left + (right-left-pause)*startShare + pause
	}
	scale := timeScale{[]piece{
		{from: begin, to: ready, left: left, right: stopLeft - pause},
		{from: ready, to: shutdown, left: stopLeft - pause, right: stopLeft, broken: true},
	}}
	if closing {
		scale.pieces = append(scale.pieces, piece{from: shutdown, to: later(shutdown, end), left: stopLeft, right: right})
	}
	return scale
}

// begins returns the place where something begins. At the end of a piece, that is in
// the next one.
func (s timeScale) begins(t time.Time) float64 {
	at := s.pieces[0]
	for _, p := range s.pieces[1:] {
		if !p.from.After(t) {
			at = p
		}
	}
	return at.place(t)
}

// ends returns the place where something ends. At the beginning of a piece, that is in
// the one before.
func (s timeScale) ends(t time.Time) float64 {
	for _, p := range s.pieces {
		if !t.After(p.to) {
			return p.place(t)
		}
	}
	return s.pieces[len(s.pieces)-1].right
}

// place returns a place within the piece, also for other times.
func (p piece) place(t time.Time) float64 {
	all := float64(max(p.to.Sub(p.from), 1))
	part := min(max(float64(t.Sub(p.from))/all, 0), 1)
	return p.left + part*(p.right-p.left)
}
