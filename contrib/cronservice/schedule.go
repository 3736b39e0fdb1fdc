package cronservice

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-co-op/gocron/v2"
)

// startSchedule calls due whenever a task is. Due must return at once. Nobody calls it any more once stop has returned.
func startSchedule(config Config, tasks []*task, due func(*task)) (stop func() error, err error) {
	location, err := config.location()
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	scheduler, err := gocron.NewScheduler(gocron.WithLocation(location))
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	stop = func() error {
		if err := scheduler.ShutdownWithContext(context.Background()); err != nil {
			return fmt.Errorf("end the schedule: %w", err)
		}
		return nil
	}
	for _, t := range tasks {
		schedule, err := t.job.schedule(location)
		if err == nil {
			_, err = scheduler.NewJob(schedule, gocron.NewTask(func() { due(t) }))
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("schedule job %q: %w", t.job.Name, err), stop())
		}
	}
	scheduler.Start()
	return stop, nil
}
