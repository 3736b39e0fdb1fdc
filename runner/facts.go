package runner

// facts is everything that the state of a Runner follows from.
type facts struct {
	alive    bool // from the first Run to the end of Finish
	finished bool // a Finish has ended
	left     int  // services that are still to be stopped
	starting int  // Runs that start
	closing  int  // Runs that close or roll back, and a Finish that stops
	draining int  // Runs, and a Finish, that let servers serve on
	up       int  // Runs that have started, and whose services are wanted
	serving  int  // Servers and Jobs of those
	served   bool // a Run that served has ended since
}

// state returns the state of a Runner.
func (f facts) state() State {
	switch {
	case f.draining > 0:
		return StateDraining
	case f.closing > 0:
		return StateStopping
	case f.starting > 0:
		return StateStarting
	case f.alive && f.wanted():
		return StateReady
	case f.alive || f.left > 0:
		return StateStopping
	case f.finished:
		return StateStopped
	default:
		return StateIdle
	}
}

// wanted reports whether something that has started is to go on. Once a Run that served has ended, the resources that are
// left wait for Finish, unless something else serves.
func (f facts) wanted() bool { return f.up > 0 && (f.serving > 0 || !f.served) }
