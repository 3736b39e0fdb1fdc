package runner

import (
	"fmt"
	"slices"
	"strings"
)

// These find services by their instance. Each locks the registry for a moment.

// register makes a batch part of the life of the Runner. It checks and registers in one moment, so that of two Runs that are
// given the same instance one gets it.
func (g *registry) register(b *batch, life *lifetime) error {
	u, missing, err := g.tryRegister(b, life)
	switch {
	case u == nil:
		return err
	case missing != nil: // its name is user code, which runs without the lock
		err = fmt.Errorf("after %q: %w", NameOf(missing.service), err)
	}
	return fmt.Errorf("service %d, %q: %w", u.index+1, u.name, err)
}

// tryRegister returns the unit that cannot be registered, and why: because of a dependency, if it is not nil.
func (g *registry) tryRegister(b *batch, life *lifetime) (*unit, *dependency, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.life != life || g.finishing {
		return nil, nil, ErrFinishing
	}
	if len(g.known) == 0 {
		g.known = make(map[any]*unit, len(b.units))
	}
	for i, u := range b.units {
		if err := g.add(u); err != nil {
			g.unregister(b.units[:i])
			return u, nil, err
		}
	}
	for _, u := range b.units {
		if missing := g.connect(u); missing != nil {
			g.unregister(b.units)
			return u, missing, ErrNotStarted
		}
	}
	if g.batches == nil {
		g.batches = make(map[*batch]struct{}, 1)
	}
	g.batches[b] = struct{}{}
	g.registered++
	b.number = g.registered
	return nil, nil, nil
}

// add puts u into known, unless its instance is there already.
func (g *registry) add(u *unit) error {
	if u.key != nil {
		other := g.known[u.key]
		switch {
		case other == nil || !u.unique:
		case other.running > 0:
			return ErrStillRunning
		default:
			return ErrAlreadyStarted
		}
		u.alike = other
		g.known[u.key] = u
	}
	u.pending = true
	return nil
}

// forget takes u out of known.
func (g *registry) forget(u *unit) {
	for _, need := range u.needs {
		need.neededBy = slices.DeleteFunc(need.neededBy, func(other *unit) bool { return other == u })
	}
	u.needs = nil
	if u.batch.over { // what is up must not hold on to what is not
		u.batch.units[u.index] = nil
	}
	if u.key == nil {
		return
	}
	first := g.known[u.key]
	if first == u && u.alike == nil {
		delete(g.known, u.key)
		return
	}
	if first == u {
		g.known[u.key] = u.alike
		return
	}
	for ; first != nil; first = first.alike {
		if first.alike == u {
			first.alike = u.alike
			return
		}
	}
}

// unregister takes units that have never been started out of known.
func (g *registry) unregister(units []*unit) {
	for _, u := range units {
		g.forget(u)
	}
}

// connect finds the units that u is After. It returns the dependency that it does not find, or that is about to stop.
func (g *registry) connect(u *unit) (missing *dependency) {
	for i := range u.after {
		need := &u.after[i]
		for other := g.known[need.key]; other != nil && need.key != nil; other = other.alike {
			if other == u && (u.alike != nil || g.known[need.key] != u) {
				continue // one of several that are equal
			}
			u.connect(need, other)
		}
		if need.name == "" {
			g.connectValues(u, need)
		}
		if need.name == "" {
			return need
		}
	}
	return nil
}

// connectValues finds units by their values that are known by other keys.
func (g *registry) connectValues(u *unit, need *dependency) {
	for _, other := range g.known {
		if other != u && other.value != nil && other.value == need.key {
			u.connect(need, other)
		}
	}
}

// connect makes other one of the units that u needs, unless it is about to stop.
func (u *unit) connect(need *dependency, other *unit) {
	if other.batch == u.batch || other.canBeNeeded() {
		need.name = other.name
		u.needs = append(u.needs, other)
		other.neededBy = append(other.neededBy, u)
	}
}

// condemn returns the units of services that are started, in that order, and lets nothing start After them any more. The
// caller stops them, and spares those that are left.
func (g *registry) condemn(services []Service) ([]*unit, error) {
	keys, err := keysOf(services)
	if err != nil {
		return nil, err
	}
	units, at, err := g.tryCondemn(keys)
	if err != nil && at >= 0 { // the name is user code, which runs without the lock
		return nil, fmt.Errorf("service %d, %q: %w", at+1, NameOf(services[at]), err)
	}
	return units, err
}

// tryCondemn returns the index of the key that is not to be found, and why, or -1.
func (g *registry) tryCondemn(keys []any) (found []*unit, at int, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, key := range keys {
		u, err := g.findOne(key, found)
		if err != nil {
			return nil, i, err
		}
		if u != nil {
			found = append(found, u)
		}
	}
	for _, u := range found {
		if by := u.neededByOthers(found); len(by) > 0 {
			return nil, -1, fmt.Errorf("stop %q: %w %s", u.name, ErrNeeded, strings.Join(by, ", "))
		}
	}
	for _, u := range found {
		u.condemned++
	}
	slices.SortFunc(found, func(a, b *unit) int { return a.place - b.place })
	return found, -1, nil
}

// spare undoes condemn.
func (g *registry) spare(units []*unit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, u := range units {
		u.condemned--
	}
}

// findOne returns the newest unit with the key that is not among found. It is nil if all of them are.
func (g *registry) findOne(key any, found []*unit) (*unit, error) {
	err := ErrNotStarted
	for u := g.known[key]; u != nil && key != nil; u = u.alike {
		switch {
		case u.running > 0 && (u.place == 0 || u.retired || u.late != nil):
			err = ErrStillRunning
		case u.place == 0:
		case slices.Contains(found, u):
			err = nil
		default:
			return u, nil
		}
	}
	return nil, err
}
