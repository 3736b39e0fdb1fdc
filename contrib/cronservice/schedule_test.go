package cronservice_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata" // machines may have no database

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/contrib/cronservice"
)

func TestSchedule(t *testing.T) {
	const day = 24 * time.Hour
	for _, tt := range []struct {
		zone, cron string
		within     time.Duration
		want       []string
	}{
		{"", "30 4 * * *", 2 * day, []string{"01 04:30:00", "02 04:30:00"}},
		{"Asia/Tokyo", "30 4 * * *", 2 * day, []string{"01 19:30:00", "02 19:30:00"}},
		{"", "TZ=Asia/Tokyo 30 4 * * *", day, []string{"01 19:30:00"}},
		{"", " 0 0 * * MON ", 5 * day, []string{"03 00:00:00"}},
		{"", "15 0 12 * * *", day, []string{"01 12:00:15"}},
		{"", "@hourly", 2 * time.Hour, []string{"01 01:00:00", "01 02:00:00"}},
		{"", "@every 90s", 3 * time.Minute, []string{"01 00:01:30", "01 00:03:00"}},
		{"", "@every 500ms", time.Second, []string{"01 00:00:00.5", "01 00:00:01"}},
	} {
		inBubble(t, fmt.Sprintf("%s %s", tt.zone, tt.cron), func(t *testing.T) {
			var got []string
			s := cronservice.New(cronservice.Config{TimeZone: tt.zone}, cronservice.Job{
				Name: "note", Cron: tt.cron,
				Run: func(context.Context) error {
					got = append(got, time.Now().UTC().Format("02 15:04:05.999"))
					return nil
				},
			})
			result := listen(t.Context(), t, s)
			time.Sleep(tt.within)
			synctest.Wait()
			stop(t, s, result)
			require.Equal(t, tt.want, got)
		})
	}

	inBubble(t, "takes a time once that comes twice, and leaves out one that does not exist", func(t *testing.T) {
		var got []string
		s := cronservice.New(cronservice.Config{TimeZone: "Europe/Berlin"}, cronservice.Job{
			Name: "note", Cron: "30 2 25-31 3,10 *",
			Run: func(context.Context) error {
				got = append(got, time.Now().UTC().Format("01-02 15:04"))
				return nil
			},
		})
		result := listen(t.Context(), t, s)
		time.Sleep(366 * 24 * time.Hour)
		stop(t, s, result)
		require.Equal(t, []string{
			"03-25 01:30", "03-27 00:30", "03-28 00:30", "03-29 00:30", "03-30 00:30", "03-31 00:30",
			"10-25 00:30", "10-26 00:30", "10-27 00:30", "10-28 00:30", "10-29 00:30", "10-30 01:30", "10-31 01:30",
		}, got)
	})
}

func TestValidate(t *testing.T) {
	job := func(name, cron string) cronservice.Config {
		return cronservice.Config{Jobs: []cronservice.Job{{Name: "ok", Cron: "@hourly", Run: nothing}, {Name: name, Cron: cron, Run: nothing}}}
	}
	for want, config := range map[string]cronservice.Config{
		`TimeZone: unknown time zone Mars/Olympus`:                      {TimeZone: "Mars/Olympus"},
		`Jobs[1]: Name: it must be given`:                               job("", "@hourly"),
		`Jobs: "ok": Name: another job has it`:                          job("ok", "@hourly"),
		`Jobs: "a": Run: it must be given`:                              {Jobs: []cronservice.Job{{Name: "a", Cron: "@hourly"}}},
		`Jobs: "a": Cron: it must be given`:                             job("a", " "),
		`Jobs: "a": Cron: expected 5 to 6 fields, found 1: [soon]`:      job("a", "soon"),
		`Jobs: "a": Cron: end of range (61) above maximum (59): 61`:     job("a", "61 * * * *"),
		`Jobs: "a": Cron: it never comes due`:                           job("a", "0 0 30 2 *"),
		`Jobs: "a": Cron: unrecognized descriptor: @reboot`:             job("a", "@reboot"),
		`Jobs: "a": Cron: time: invalid duration "soon"`:                job("a", "@every soon"),
		`Jobs: "a": Cron: the duration must be positive, got -1s`:       job("a", "@every -1s"),
		`Jobs: "a": Cron: there is nothing after the time zone`:         job("a", "TZ=UTC"),
		`Jobs: "a": Cron: provided bad location X: unknown time zone X`: job("a", "CRON_TZ=X 0 0 * * *"),
	} {
		t.Run(want, func(t *testing.T) {
			want := "cronservice.Config: " + want
			require.EqualError(t, config.Validate(), want)
			require.EqualError(t, cronservice.New(config).Listen(t.Context()), want)
		})
	}
	require.NoError(t, cronservice.Config{TimeZone: "Local", Jobs: job("a", "@daily").Jobs}.Validate())
}
