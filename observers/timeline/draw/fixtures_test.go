package draw_test

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

// epoch is when the applications of the pictures begin.
var epoch = time.Date(2026, time.March, 14, 9, 26, 53, 589_000_000, time.UTC)

func moment(ms float64) time.Time { return epoch.Add(time.Duration(ms * float64(time.Millisecond))) }

var errSearch = errors.New(`start "search": dial tcp 10.0.0.7:9200: connect: connection refused`)

// shop is an application that starts along its graph in 86 ms, serves for two
// days, and stops in 32 ms.
func shop() timeline.Snapshot {
	stop := 2*24*3600_000.0 + 4*3600_000
	s := timeline.Snapshot{
		Taken: moment(stop + 40), Began: epoch, Constructed: moment(6.2), Started: moment(86), Ready: moment(86.4),
		ShutdownBegan: moment(stop), Stopped: moment(stop + 32.1),
	}
	s.Services = []timeline.Service{
		shopService("config", runner.KindResource, 6.3, 6.3, 9.1, 9.1, stop+31.6, stop+32),
		shopService("postgres", runner.KindResource, 9.1, 11, 41.7, 48, stop+22, stop+31, 0),
		shopService("kafka", runner.KindResource, 9.1, 9.1, 63.2, 63.2, stop+18, stop+30, 0),
		shopService("redis", runner.KindResource, 14.5, 14.5, 20.2, 20.2, stop+16, stop+17.5, 0),
		shopService("migrations", runner.KindResource, 48, 48, 69.5, 69.5, stop+14, stop+14.1, 1),
		shopService("search index of the catalogue with all of its synonyms", runner.KindResource, 63.2, 63.2, 70, 78.1, stop+10, stop+12.9, 2),
		shopService("orders consumer", runner.KindServer, 69.5, 69.5, 74.1, 74.1, stop, stop+14, 2, 4),
		shopService("grpc", runner.KindServer, 78.2, 78.2, 78.9, 78.9, stop, stop+2.2, 3, 4),
		shopService("http", runner.KindServer, 69.5, 70.2, 70.9, 86, stop, stop+9.6, 3, 4),
	}
	s.Services[4].Barrier = "it is a plain hook"
	s.Services[3].Queued = moment(6.2)
	s.Services[7].Queued = moment(6.2)
	s.Services[2].Attempts = 3
	return s
}

// shopService takes milliseconds; where load and start differ, it loads in between.
func shopService(name string, kind runner.Kind, load, start, started, ready, stop, stopped float64, after ...int) timeline.Service {
	service := timeline.Service{Name: name, Kind: kind, After: after,
		Queued: moment(6.2), StartBegan: moment(start), Started: moment(started), Ready: moment(ready),
		StopBegan: moment(stop), Stopped: moment(stopped),
	}
	if load < start {
		service.LoadBegan, service.Loaded = moment(load), moment(start)
	}
	return service
}

// rolledBack is an application whose start fails, is rolled back, and of which one
// service does not return.
func rolledBack() timeline.Snapshot {
	s := timeline.Snapshot{Taken: moment(1400), Began: epoch, Constructed: moment(40), ShutdownBegan: moment(820), Stopped: moment(1390)}
	s.Services = []timeline.Service{
		{Name: "vault", Kind: runner.KindResource, Queued: moment(40), StartBegan: moment(41), Started: moment(260), Ready: moment(260), StopBegan: moment(1340), Stopped: moment(1388)},
		{Name: "postgres", Kind: runner.KindResource, Queued: moment(40), LoadBegan: moment(260), Loaded: moment(270), StartBegan: moment(270), Started: moment(640), Ready: moment(700),
			StopBegan: moment(840), Stopped: moment(1340), After: []int{0}, Err: errors.New(`stop "postgres": timed out after 500ms`)},
		{Name: "search", Kind: runner.KindResource, Queued: moment(40), StartBegan: moment(262), Failed: moment(815), Attempts: 4, After: []int{0}, Err: errSearch},
		{Name: "queue", Kind: runner.KindResource, Queued: moment(40), StartBegan: moment(261), After: []int{0}},
		{Name: "cache", Kind: runner.KindResource, Queued: moment(40), StartBegan: moment(263), Started: moment(300), After: []int{0}},
		{Name: "mail", Kind: runner.KindServer, Queued: moment(40), After: []int{0}},
		{Name: "http", Kind: runner.KindServer, Queued: moment(40), After: []int{1, 2}},
	}
	return s
}

// stillStarting is an application that has not started yet.
func stillStarting() timeline.Snapshot {
	return timeline.Snapshot{Taken: moment(75), Began: epoch, Constructed: moment(3), Services: []timeline.Service{
		{Name: "db", Kind: runner.KindResource, Queued: moment(3), StartBegan: moment(3), Started: moment(30), Ready: moment(30)},
		{Name: "broker", Kind: runner.KindResource, Queued: moment(3), StartBegan: moment(30), After: []int{0}},
		{Name: "api", Kind: runner.KindServer, Queued: moment(3), After: []int{1}},
	}}
}

// serverFailed serves until a server fails.
func serverFailed() timeline.Snapshot {
	s := shop()
	s.Services[8].Failed, s.Services[8].StopBegan, s.Services[8].Stopped = s.ShutdownBegan, time.Time{}, time.Time{}
	s.Services[8].Err = errors.New(`listen "http": accept tcp: too many open files`)
	return s
}

// sequenceOf is a sequence of n services.
func sequenceOf(n int) timeline.Snapshot {
	s := timeline.Snapshot{Began: epoch, Constructed: moment(1)}
	now := 1.0
	for i := range n {
		took := 0.05 + float64(i*i%97)/50
		service := timeline.Service{Name: "service " + strconv.Itoa(i), Kind: runner.KindResource,
			Queued: moment(1), StartBegan: moment(now), Started: moment(now + took), Ready: moment(now + took)}
		if i > 0 {
			service.After = []int{i - 1}
		}
		now += took
		s.Services = append(s.Services, service)
	}
	s.Started, s.Ready, s.Taken = moment(now), moment(now), moment(now+60_000)
	return s
}

// hostileNames are names that nobody would give to a service.
var hostileNames = []string{
	"", " ", "\x00\x01\x1f\x7f", "\xff\xfe\x80", "a\nb\r\nc\td", `"quoted" 'single' \back\`, "<script>alert(1)</script>",
	"]]>&amp;&#0;<!--", "\u202eesrever\u2066", "\ufffe\uffff\U0001ffff", "日本語のサービス 👩‍👩‍👧‍👦", "%%{init: {'theme':'dark'}}%%", "section x",
	"2026-01-02 migration", "db:crit;x#y", "`md` **bold**", "end", "title x", "click s0 href", "%% comment", "---", "}", "s0 --> s1",
	"gantt", "#quot;", "ﬂ°lt¶ß", strings.Repeat("long ", 2048), strings.Repeat("W", 10<<10), strings.Repeat("e\u0301", 300),
	strings.Repeat(`"<&`, 100), "style x:#fff;", "href \"x\"", "todayMarker off", "\u2028\u2029", "https://example.com/?a=b&c=d",
}

// hostileTo is a sequence of services with these names.
func hostileTo(names ...string) timeline.Snapshot {
	s := sequenceOf(len(names))
	for i, name := range names {
		s.Services[i].Name, s.Services[i].Barrier = name, name
		s.Services[i].Err, s.Services[i].Failed = errors.New(name), s.Services[i].Ready
	}
	return s
}

// instantly has a single service, that took no time.
func instantly() timeline.Snapshot {
	return timeline.Snapshot{Taken: epoch, Began: epoch, Constructed: epoch, Started: epoch, Ready: epoch,
		ShutdownBegan: epoch, Stopped: epoch, Services: []timeline.Service{{Name: "db", Queued: epoch, LoadBegan: epoch,
			Loaded: epoch, StartBegan: epoch, Started: epoch, Ready: epoch, StopBegan: epoch, Stopped: epoch}}}
}

// allPictures are Snapshots of all sorts.
func allPictures() map[string]timeline.Snapshot {
	serving := shop()
	serving.ShutdownBegan, serving.Stopped = time.Time{}, time.Time{}
	for i := range serving.Services {
		serving.Services[i].StopBegan, serving.Services[i].Stopped = time.Time{}, time.Time{}
	}
	dropped := sequenceOf(3)
	dropped.Dropped = 1234
	return map[string]timeline.Snapshot{
		"shop": shop(), "serving": serving, "broken": rolledBack(), "starting": stillStarting(), "failing": serverFailed(),
		"nothing": {}, "none": {Taken: moment(5), Began: epoch}, "one": instantly(), "many": sequenceOf(10_000), "forty": sequenceOf(40),
		"hostile": hostileTo(hostileNames...), "dropped": dropped,
		"by hand": {Services: []timeline.Service{{}, {Name: "x", Ready: moment(3)}, {Started: moment(-5), After: []int{7, -1}}, {StopBegan: moment(4)}}},
	}
}
