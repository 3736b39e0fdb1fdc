package cronservice

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// Config says which jobs a [Server] runs, and by which clock.
type Config struct {
	// Name is that of the service, in logs and errors. By default "cron".
	Name string
	// TimeZone is the IANA name of the time zone of schedules, such as "Europe/Berlin". "Local" is that of the machine. By default
	// "UTC". A machine without a time zone database, as a small container, needs an import of time/tzdata in the program.
	TimeZone string
	// Jobs are run by the Server, and so are those given to [New], or in the value group of [Module]. By default there are none.
	Jobs []Job
}

// Validate returns an error that names the field which is wrong, and the job that it belongs to.
func (c Config) Validate() error {
	location, err := c.location()
	if err != nil {
		return fmt.Errorf("cronservice.Config: TimeZone: %w", err)
	}
	names := map[string]bool{}
	for i, job := range c.Jobs {
		fail := func(field string, err error) error {
			return fmt.Errorf("cronservice.Config: Jobs: %q: %s: %w", job.Name, field, err)
		}
		switch {
		case job.Name == "":
			return fmt.Errorf("cronservice.Config: Jobs[%d]: Name: %w", i, errNotGiven)
		case names[job.Name]:
			return fail("Name", errors.New("another job has it"))
		case job.Run == nil:
			return fail("Run", errNotGiven)
		}
		names[job.Name] = true
		if _, err := job.schedule(location); err != nil {
			return fail("Cron", err)
		}
	}
	return nil
}

var errNotGiven = errors.New("it must be given")

func (c Config) name() string { return cmp.Or(c.Name, "cron") }

func (c Config) location() (*time.Location, error) {
	return time.LoadLocation(cmp.Or(c.TimeZone, "UTC"))
}
