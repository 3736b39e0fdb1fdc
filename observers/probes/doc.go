// Package probes answers the probes of Kubernetes, and of everything else that asks a service how it is, over HTTP. It
// knows the answers from a Runner, whose Observer it is.
//
//	p := probes.New()
//	r := runner.NewRunner(runner.WithObserver(p)) // the first Observer, so that no other delays what p hears
//	http.Handle("/", p)
//
// Four paths answer GET and HEAD, with 200 or 503:
//
//	/livez     200 if every Live check passes. Dependencies do not count: a restart would not repair them
//	/startupz  200 once the Runner has been ready
//	/readyz    200 while the Runner is ready, and every service that is started and is a runner.ReadyChecker, and every
//	           Ready check, says that it is
//	/healthz   200 while /readyz is, and every runner.HealthChecker and Health check passes
//
// From the first instant of a shutdown /readyz answers 503, before any server closes: when a signal comes, when a service
// fails, and when the Runner begins to drain or to stop.
//
// The body is "ok". That of a failed probe, and of one that is asked with ?verbose, has a line for each check:
//
//	[-]state failed: draining
//	[+]db ok
//	[-]cache failed
//	readyz check failed
//
// The first line is there where the state of the Runner is a reason. ?exclude=cache leaves a check out, and can be given
// several times; the state cannot be excluded. With "Accept: application/json" the answer is
//
//	{"status":"failed","state":"draining","checks":[{"name":"db","kind":"resource","status":"ok","duration":"1.2ms"}]}
//
// Probes cannot load a database, nor pile up: each check is asked once at a time, however many probes want to know, and its
// answer serves all of them for a while. See [Timeout] and [CacheFor].
package probes
