package otelservice

// Exporter is a service whose Stop sends what has been recorded for the last time; that of package otelsdk is one. The span
// app.stop ends right before, and the stop itself has none: they would come too late to be sent.
type Exporter interface {
	// ExportsTelemetry does nothing.
	ExportsTelemetry()
}
