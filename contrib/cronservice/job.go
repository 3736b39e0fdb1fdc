package cronservice

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-co-op/gocron/v2"
)

// Job is a function, and when to run it. A job does not run twice at the same time.
type Job struct {
	// Name tells jobs of a Server apart, in errors. It must be given.
	Name string
	// Cron is the schedule. It must be given, as one of:
	//
	//   - five fields: minute, hour, day of month, month, day of week
	//   - six fields, with the second first
	//   - @hourly, @daily, @weekly, @monthly, @yearly
	//   - @every and a duration, such as "@every 10s", the first time after one duration
	//
	// "TZ=Asia/Tokyo " before fields replaces the time zone of [Config].
	//
	// Where the clocks change, a time that does not exist is left out, and one that comes twice is taken once.
	Cron string
	// Run does the work. Its context has the values of that of [Server.Listen]. It ends when the time for [Server.Close] is over, not
	// when Close begins. An error or a panic is a failure of this job alone: see [Server.IsHealthy]. It must be given.
	Run func(context.Context) error
	// CatchUp makes up for runs that came due while the one before was going on: all of them with one run, right after it. By default
	// they are skipped. Runs that came due while the Server did not listen are always skipped.
	CatchUp bool
}

// schedule returns the schedule for gocron.
func (j Job) schedule(location *time.Location) (gocron.JobDefinition, error) {
	text := strings.TrimSpace(j.Cron)
	if text == "" {
		return nil, errNotGiven
	}
	if every, ok := strings.CutPrefix(text, "@every "); ok { // gocron would round it to seconds
		d, err := time.ParseDuration(strings.TrimSpace(every))
		if err == nil && d <= 0 {
			err = fmt.Errorf("the duration must be positive, got %v", d)
		}
		return gocron.DurationJob(d), err
	}
	if zone, fields, _ := strings.Cut(text, " "); strings.Contains(zone, "TZ=") && fields == "" {
		return nil, errors.New("there is nothing after the time zone") // the parser would panic
	}
	err := gocron.NewDefaultCron(true).IsValid(text, location, time.Now())
	if errors.Is(err, gocron.ErrCronJobInvalid) {
		err = errors.New("it never comes due")
	}
	return gocron.CronJob(text, true), reasonOf(err)
}

// reasonOf returns the last one of joined errors: gocron joins a general one and the reason.
func reasonOf(err error) error {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return err
	}
	all := joined.Unwrap()
	return all[len(all)-1]
}
