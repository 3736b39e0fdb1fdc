package systemd

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
)

// firstDescriptor is that of the first socket: those before it are standard input, output and error.
const firstDescriptor = 3

var listenersMu sync.Mutex

// Listeners returns the sockets that systemd has opened for this process, by FileDescriptorName= of their .socket units, in
// the order of the units. Sockets without a name are under "unknown". Without socket activation the map is empty.
//
// It reads LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES, as sd_listen_fds(3) does, and unsets them, so that no process that this
// one starts takes the sockets for its own. So a second call finds nothing; neither does one in a process with another PID than
// LISTEN_PID. A variable that makes no sense, or a socket that cannot accept connections, is an error, which names it; then Listeners
// has closed those that it had taken. It can be called from several goroutines at once.
func Listeners() (map[string][]net.Listener, error) {
	listenersMu.Lock()
	defer listenersMu.Unlock()
	pid, fds, names := os.Getenv("LISTEN_PID"), os.Getenv("LISTEN_FDS"), os.Getenv("LISTEN_FDNAMES")
	for _, name := range []string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"} {
		if err := os.Unsetenv(name); err != nil {
			return nil, fmt.Errorf("systemd: unset %s: %w", name, err)
		}
	}
	all := map[string][]net.Listener{}
	if pid == "" || fds == "" {
		return all, nil
	}
	switch n, err := strconv.Atoi(pid); {
	case err != nil:
		return nil, fmt.Errorf("systemd: LISTEN_PID: %w", err)
	case n != os.Getpid():
		return all, nil
	}
	count, err := strconv.Atoi(fds)
	if err != nil || count < 0 {
		return nil, fmt.Errorf("systemd: LISTEN_FDS=%q is no number of sockets", fds)
	}
	nameOf := func(i int) string { return "unknown" }
	if given := strings.Split(names, ":"); names != "" {
		nameOf = func(i int) string {
			if i < len(given) && given[i] != "" {
				return given[i]
			}
			return "unknown"
		}
	}
	for i := range count {
		name := nameOf(i)
		l, err := listenerOf(firstDescriptor+i, name)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("systemd: socket %d of %d, %q: %w", i+1, count, name, err), closeAll(all))
		}
		all[name] = append(all[name], l)
	}
	return all, nil
}

// listenerOf takes a descriptor over. The listener has one of its own, which no child process inherits.
func listenerOf(fd int, name string) (net.Listener, error) {
	file := os.NewFile(uintptr(fd), name)
	if file == nil {
		return nil, os.ErrInvalid
	}
	l, err := net.FileListener(file)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return l, file.Close()
}

func closeAll(all map[string][]net.Listener) error {
	var errs []error
	for _, listeners := range all {
		for _, l := range listeners {
			errs = append(errs, l.Close())
		}
	}
	return errors.Join(errs...)
}
