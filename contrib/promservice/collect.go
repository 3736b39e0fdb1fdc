package promservice

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-fxservices/services/runner"
)

type descs struct {
	state, started, stopped, attempts, failures, check *prometheus.Desc
	appState, appStarted, appReady, shutdown           *prometheus.Desc
}

func newDescs(namespace string) descs {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(namespace+"_"+name, help, labels, nil)
	}
	return descs{
		state:      desc("state", "1 for the present state of the service; there are no others.", "service", "kind", "state"),
		started:    desc("start_duration_seconds", "How long the last start of the service took.", "service", "kind"),
		stopped:    desc("stop_duration_seconds", "How long the last stop of the service took.", "service", "kind"),
		attempts:   desc("start_attempts_total", "Attempts to start the service, by result.", "service", "result"),
		failures:   desc("failures_total", "Failed starts and stops, and failures while the service was up.", "service", "kind"),
		check:      desc("healthcheck", "1 if the check of the service passes.", "service", "check"),
		appState:   desc("application_state", "1 for the present state of the application, 0 for the others.", "state"),
		appStarted: desc("application_start_duration_seconds", "How long the last start of the application took."),
		appReady:   desc("application_ready_time_seconds", "When the application became ready, in seconds since 1970."),
		shutdown:   desc("shutdown_duration_seconds", "How long the last shutdown took."),
	}
}

// Describe implements [prometheus.Collector].
func (m *Metrics) Describe(all chan<- *prometheus.Desc) {
	d := &m.descs
	for _, desc := range []*prometheus.Desc{
		d.state, d.started, d.stopped, d.attempts, d.failures, d.check, d.appState, d.appStarted, d.appReady, d.shutdown,
	} {
		all <- desc
	}
}

// Collect implements [prometheus.Collector]. It asks the checks of all services that are up, for at most a second.
func (m *Metrics) Collect(all chan<- prometheus.Metric) {
	send := func(desc *prometheus.Desc, of prometheus.ValueType, value float64, labels ...string) {
		all <- prometheus.MustNewConstMetric(desc, of, value, labels...)
	}
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		send(desc, prometheus.GaugeValue, value, labels...)
	}
	took := func(desc *prometheus.Desc, d duration, labels ...string) {
		if d.known {
			gauge(desc, d.took.Seconds(), labels...)
		}
	}

	services, a := m.model.snapshot()
	for state := runner.StateIdle; state <= runner.StateStopped; state++ {
		gauge(m.descs.appState, bit(state == a.state), state.String())
	}
	took(m.descs.appStarted, a.started)
	took(m.descs.shutdown, a.shutdown)
	if !a.ready.IsZero() {
		gauge(m.descs.appReady, float64(a.ready.UnixNano())/float64(time.Second))
	}
	for _, s := range services {
		gauge(m.descs.state, 1, s.id.name, s.id.kind, s.state.String()) // with the other states there would be eight times as many
		took(m.descs.started, s.started, s.id.name, s.id.kind)
		took(m.descs.stopped, s.stopped, s.id.name, s.id.kind)
		send(m.descs.failures, prometheus.CounterValue, float64(s.failures), s.id.name, s.id.kind)
	}
	for name, of := range attemptsOf(services) {
		send(m.descs.attempts, prometheus.CounterValue, float64(of.succeeds), name, "success")
		send(m.descs.attempts, prometheus.CounterValue, float64(of.errors), name, "error")
	}
	for of, passes := range askAll(services) {
		gauge(m.descs.check, bit(passes), of.service, of.check)
	}
}

func bit(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

type attempts struct{ succeeds, errors int }

// attemptsOf adds the attempts of services of one name: their metric has no kind.
func attemptsOf(services []service) map[string]attempts {
	all := map[string]attempts{}
	for _, s := range services {
		a := all[s.id.name]
		all[s.id.name] = attempts{a.succeeds + s.succeeds, a.errors + s.errors}
	}
	return all
}

type checkID struct{ service, check string }

// askAll asks all checks at the same time. Where services have a name in common each has to pass.
func askAll(services []service) map[checkID]bool {
	var wait sync.WaitGroup
	var mu sync.Mutex
	results := map[checkID]bool{}
	for _, s := range services {
		for _, c := range s.checks {
			wait.Go(func() {
				passes := c.passes()
				mu.Lock()
				defer mu.Unlock()
				of := checkID{s.id.name, c.name}
				before, known := results[of]
				results[of] = passes && (before || !known)
			})
		}
	}
	wait.Wait()
	return results
}
