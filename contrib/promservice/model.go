package promservice

import (
	"strings"
	"sync"
	"time"

	"github.com/go-fxservices/services/runner"
)

// mostServices bounds the number of series. Those that come later are one service, other.
const (
	mostServices = 1000
	other        = "other"
)

// model is what the events have told.
type model struct {
	mu       sync.Mutex
	services map[id]*service
	order    []*service
	app      app
}

// id is what tells services apart.
type id struct{ name, kind string }

// service is a service of the Runner, or all of one name and kind.
type service struct {
	id       id
	state    runner.ServiceState
	began    time.Time // of the start or the stop that is under way
	started  duration
	stopped  duration
	succeeds int // attempts to start
	errors   int // attempts to start
	failures int
	checks   []*check // while it is up
}

// app is the Runner as a whole.
type app struct {
	state    runner.State
	began    time.Time // of the start or the shutdown that is under way; zero: none is
	ready    time.Time
	started  duration
	shutdown duration
}

// duration is one that is known, or not yet.
type duration struct {
	took  time.Duration
	known bool
}

func since(t time.Time) duration { return duration{time.Since(t), true} }

// idOf returns the id of s. It is user code that names s, so nobody may call idOf under a lock.
func idOf(s runner.Service) id {
	return id{strings.ToValidUTF8(runner.NameOf(s), "\ufffd"), strings.ToValidUTF8(string(runner.KindOf(s)), "\ufffd")}
}

// change changes the service with that id.
func (m *model) change(of id, change func(*service)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.services[of]
	if s == nil && len(m.services) >= mostServices {
		of = id{other, other}
		s = m.services[of]
	}
	if s == nil {
		s = &service{id: of}
		m.services[of] = s
		m.order = append(m.order, s)
	}
	change(s)
}

// changeKnown changes the service with that id, if there is one.
func (m *model) changeKnown(of id, change func(*service)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.services[of]; s != nil {
		change(s)
	}
}

// changeApp changes what is known of the Runner.
func (m *model) changeApp(change func(*app)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(&m.app)
}

// snapshot returns a copy of everything.
func (m *model) snapshot() (services []service, a app) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.order {
		services = append(services, *s)
	}
	return services, m.app
}
