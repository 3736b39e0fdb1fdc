package runner

// listen lets a server listen on a goroutine of its own, which ends with Listen.
func (run *run) listen(u *unit) {
	u.serving.down = make(chan struct{})
	u.serving.ctx.values = run.values
	run.runner.hasStarted(u)
	go run.runner.serve(u)
}

// serve calls Listen. A panic of it is an error, and so is the end of its
// goroutine.
func (r *Runner) serve(u *unit) {
	var err error
	returned := false
	defer func() {
		if !returned {
			err = newPanicError(recover())
		}
		r.listened(u, err)
	}()
	u.label()
	err = u.serving.server.Listen(&u.serving.ctx)
	returned = true
}

// listened is told what Listen returned. An error that nobody asked for ends the
// run of the server.
func (r *Runner) listened(u *unit, err error) {
	defer close(u.serving.down)
	if failed := r.noteListened(u, err); failed != nil {
		defer u.serving.ctx.end(failed)
		defer u.run.serverFailed(failed) // whatever Observers do
		r.observers.serverFailed(&u.serving.ctx, u.serving.server, failed)
	}
}

// noteListened returns the failure, if it is one.
func (r *Runner) noteListened(u *unit, err error) (failed error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := u.serving
	s.returned = true
	if s.givenUp {
		u.lost--
		r.drop(u)
	}
	switch {
	case s.closing:
		s.listenErr = u.fail(OpListen, r.unlessClosed(err))
		return nil
	case err == nil:
		return nil
	default:
		s.listenErr, u.state = u.fail(OpListen, err), ServiceFailed
		return s.listenErr
	}
}

func (r *Runner) listenError(u *unit) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if u.serving == nil {
		return nil
	}
	return u.serving.listenErr
}

// serverFailed ends the run, or all of the Runner if the server belongs to it.
func (run *run) serverFailed(err error) {
	if run.detached {
		run.life.end(err)
	}
	run.cancel(err)
}
