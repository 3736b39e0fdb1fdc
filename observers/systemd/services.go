package systemd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/internal/layers"
	"github.com/go-fxservices/services/internal/printable"
	"github.com/go-fxservices/services/runner"
)

// phase is how far a service has come:
//
//	queued ──▶ starting ──▶ up ──▶ stopping ──▶ stopped
//	             │    └──────┴──▶ done                       a Job, before the stop
//	             └──▶ gone                                   a start that failed
type phase int

const (
	isQueued phase = iota
	isStarting
	isUp
	isDone
	isStopping
	isStopped
	isGone
)

type service struct {
	key  any // see layers.KeyOf
	name string
	is   phase
}

// newService returns the service at position i of the arguments of an event. It is user code that names s, so nobody may
// call newService under a lock.
func newService(ctx context.Context, i int, s runner.Service) *service {
	known, ok := eventinfo.From(ctx).Subject(i)
	if !ok {
		known.Name = runner.NameOf(s)
	}
	return &service{key: layers.KeyOf(s), name: printable.Line(cut(known.Name))}
}

// services are those of the Runner, in the order in which it got them.
type services []*service

// move brings the first service with key that is in one of the phases from to another one, and reports whether there is one.
func (all services) move(key any, to phase, from ...phase) bool {
	i := slices.IndexFunc(all, func(s *service) bool { return s.key == key && slices.Contains(from, s.is) })
	if i >= 0 {
		all[i].is = to
	}
	return i >= 0
}

// left returns the services that are up. When everything that was asked for is up, others have no start or stop ahead.
func (all services) left() services {
	return slices.DeleteFunc(all, func(s *service) bool { return s.is != isUp && s.is != isStopping })
}

// in returns the names of the services in a phase.
func (all services) in(is phase) (names []string) {
	for _, s := range all {
		if s.is == is {
			names = append(names, s.name)
		}
	}
	return names
}

// status describes a Runner in one line.
func (all services) status(state runner.State) string {
	switch state {
	case runner.StateIdle:
		return ""
	case runner.StateStarting:
		ahead := all.in(isStarting)
		queued := len(all.in(isQueued))
		all := len(all) - len(all.in(isGone))
		return describe("starting", ahead, all-queued-len(ahead), all)
	case runner.StateStopping:
		stopped := len(all.in(isStopped))
		return describe("stopping", all.in(isStopping), stopped, stopped+len(all.in(isStopping))+len(all.in(isUp)))
	default:
		return state.String()
	}
}

func describe(verb string, names []string, done, all int) string {
	if len(names) > 0 {
		verb += " " + list(names)
	}
	if all > 0 {
		verb += fmt.Sprintf(" (%d of %d)", done, all)
	}
	return verb
}

// What systemctl status shows well in a line.
const (
	mostOfName = 60  // characters
	mostOfList = 120 // bytes, after which no other name begins
)

func cut(name string) string {
	if runes := []rune(name); len(runes) > mostOfName {
		return string(runes[:mostOfName-1]) + "…"
	}
	return name
}

// list joins as many names as a line has room for.
func list(names []string) string {
	var b strings.Builder
	for i, name := range names {
		if b.Len() > mostOfList {
			fmt.Fprintf(&b, " and %d more", len(names)-i)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name)
	}
	return b.String()
}
