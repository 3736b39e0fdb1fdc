// Package promservice shows the state of a program to Prometheus.
//
//	m := promservice.New()
//	r := runner.NewRunner(runner.WithObserver(m))
//	err := r.Run(ctx, promservice.NewServer(":9090", m.Registry()), ...)
//
//	promservice.Module() // with fx; /metrics is on the server of fxservices.Admin, if there is one
//
// The metrics, which begin with the name of [Namespace]:
//
//	services_state{service,kind,state}                       1 for the present state of a service; the others are absent
//	services_start_duration_seconds{service,kind}            how long the last start took
//	services_stop_duration_seconds{service,kind}             how long the last stop took
//	services_start_attempts_total{service,result}            attempts to start: success or error; each attempt of a retrier counts
//	services_failures_total{service,kind}                    failed starts and stops, and failures while it was up
//	services_healthcheck{service,check}                      1 if the check, ready or health, passes at the scrape
//	services_application_state{state}                        1 for the present state of the Runner, 0 for the others
//	services_application_start_duration_seconds              how long the last start of the application took
//	services_application_ready_time_seconds                  when the application became ready, in seconds since 1970
//	services_shutdown_duration_seconds                       how long the last shutdown took
//
// States of services are those of [runner.ServiceState]; a service that cannot be started is failed. Metrics of what has not
// happened are absent. Services that have a name and a kind in common are one.
//
// A scrape asks all checks at the same time, for at most a second. One that does not answer counts as 0, and is not asked again
// before it has answered; so does one that panics. There are at most 1,000 services: all others are named "other".
package promservice
