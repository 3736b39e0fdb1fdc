package retrier

import (
	"context"

	"github.com/go-fxservices/services/runner"
)

// Job is a [runner.Job] that runs again when it fails: when its Run returns an error. It
// is made by [Builder.BuildJob]. It has no state of its own, and is as safe for
// concurrent use as the wrapped Job.
//
// The wrapped Job must allow Run to be called again after an error: what an attempt has
// done, the next one must not do twice.
type Job struct {
	job    runner.Job // nil if there is none
	policy policy
}

var _ runner.Job = (*Job)(nil)

// Name returns the name of the wrapped Job, and "" if that is nil.
func (j *Job) Name() string {
	if j.job == nil {
		return ""
	}
	return j.job.Name()
}

// Unwrap returns the wrapped Job, for [runner.As], and nil if that is nil.
func (j *Job) Unwrap() runner.Service {
	if j.job == nil {
		return nil
	}
	return j.job
}

// Run runs the wrapped Job and returns nil once an attempt has succeeded, though ctx may
// have ended by then. It blocks during the attempts and the pauses between them.
//
// It ends with an [*Error] when ctx ends during a pause; when the backoff stops, or returns
// a pause below 0; when an attempt fails with a [backoff.PermanentError]. Where ctx has
// ended before, no attempt is made. An attempt that returns the error of ctx because that
// has ended was interrupted, and has not failed: Run returns its error as it is. So a
// Runner that stops the Job during an attempt reports no failure, and one that stops it
// during a pause reports the last one. A panic of an attempt is not recovered: the Runner
// does that.
//
// Each Run begins with a fresh backoff. Its limit, if it has one, counts the time of the
// attempts, from the first failure on. A nil ctx is an error.
func (j *Job) Run(ctx context.Context) error {
	if j.job == nil {
		return errNilJob
	}
	if err := checkContext(ctx); err != nil {
		return err
	}
	var last error
	err := j.policy.retry(ctx, j.job, func(ctx context.Context) error {
		last = j.job.Run(ctx)
		return last
	})
	if last != nil && saysEnded(ctx, last) {
		return last
	}
	return err
}
