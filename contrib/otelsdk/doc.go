// Package otelsdk sets OpenTelemetry up in an application of fx: providers of traces, metrics and logs, which send what
// everything else records to a collector.
//
//	fxservices.Main(
//		otelsdk.Module(),
//		fxservices.Observe(func() runner.Observer { return otelservice.New() }), // starts and stops as spans
//		...
//	)
//
// The standard variables of OpenTelemetry configure it, among them:
//
//	OTEL_SERVICE_NAME             the name of the program
//	OTEL_EXPORTER_OTLP_ENDPOINT   the collector, by default http://localhost:4318
//	OTEL_EXPORTER_OTLP_PROTOCOL   http/protobuf (the default) or grpc
//	OTEL_TRACES_EXPORTER          otlp (the default), console or none; likewise OTEL_METRICS_EXPORTER and OTEL_LOGS_EXPORTER
//	OTEL_TRACES_SAMPLER           by default parentbased_always_on
//	OTEL_PROPAGATORS              by default tracecontext,baggage
//	OTEL_SDK_DISABLED             true: nothing is recorded
//
// The [SDK] is a resource named "otel" that starts before all others and stops after all others, so what they record while they
// stop is sent too. A collector that does not answer never keeps the program from starting, and from ending no longer than
// [FlushTimeout]; what is lost changes no exit code.
package otelsdk
