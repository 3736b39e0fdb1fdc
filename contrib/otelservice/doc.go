// Package otelservice shows the start and the stop of a program as OpenTelemetry traces and metrics.
//
//	r := runner.NewRunner(runner.WithObserver(otelservice.New()))
//
//	fxservices.Observe(otelservice.New()) // with fx
//
// It needs the API of OpenTelemetry only. What it records goes to the global providers, or those of [TracerProvider] and
// [MeterProvider]: without an SDK it goes nowhere, and costs next to nothing.
//
// # Spans
//
//	app.start                a child of the span in the context of Run or Start
//	├── service.load
//	└── service.start        from the call of Start, Listen or Run until the service is ready; a retry is an event "retry"
//	app.stop                 from the beginning of the drain until everything has stopped, or a failed start is rolled back;
//	│                        with an [Exporter], until that stops
//	└── service.stop
//
// Spans of services have the attributes service.instance.name and service.kind. One that fails has the status Error and the
// attribute error.type, the Go type of the cause; the text of the error is not recorded, since it may carry secrets.
//
// The context that Load, Start, IsReady, Stop and Close get carries the span, so that what the service does there is a child of
// it: a query, for example. Those of Listen and Run do not carry it: they last as long as the program, and each request, or each
// message, would be a part of one trace that never ends.
//
// # Metrics
//
//	services.start.duration               histogram, s    service.instance.name, service.kind, error.type of one that failed
//	services.stop.duration                histogram, s    the same
//	services.failures                     counter         the same; failures of services that were up
//	services.application.start.duration   histogram, s    error.type of a start that failed
package otelservice
