// Package systemd tells systemd how the program is, and takes the sockets that systemd has opened for it.
//
//	r := runner.NewRunner(runner.WithObserver(systemd.New()))
//
// A [Notifier] speaks the protocol of sd_notify(3), for units with Type=notify:
//
//	READY=1                   once the Runner is ready
//	STOPPING=1                from the first instant of a shutdown: a signal, a failure, or the call of Finish
//	STATUS=...                what is starting or stopping, for systemctl status: "starting db, cache (2 of 7)"
//	EXTEND_TIMEOUT_USEC=...   30 s more for a start or a stop in which a service has just started or stopped, or is about to be
//	                          retried. One that is stuck gets no more
//	WATCHDOG=1                at half of WatchdogSec=, while the program is live, from the start to the end of the stop
//
// Each message has what has changed since the one before. Without the variable NOTIFY_SOCKET nothing happens at all: the same
// program runs in a terminal and in a container.
//
// A service that takes longer than 30 s for a single step counts as stuck until it has; the unit's own TimeoutStartSec= and
// TimeoutStopSec= hold in any case, so make them as long as the longest step.
//
// [Listeners] returns the sockets of socket activation:
//
//	listeners, err := systemd.Listeners() // FileDescriptorName=http in the .socket unit
//	...
//	server := httpserver.New(handler, httpserver.ListenFunc(func(context.Context) (net.Listener, error) {
//		return listeners["http"][0], nil
//	}))
package systemd
