package otelservice

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/go-fxservices/services/runner"
)

// step is a span, and what a metric needs to know of it.
type step struct {
	span    trace.Span
	began   time.Time
	id      openKey // of a step of a service
	failure error   // of a start of the application, guarded by Observer.mu
}

func newStep(ctx context.Context, tracer trace.Tracer, name string, attributes ...attribute.KeyValue) *step {
	_, span := tracer.Start(ctx, name, trace.WithAttributes(attributes...))
	return &step{span: span, began: time.Now()}
}

// end ends the span, and returns how long it took.
func (s *step) end(err error) time.Duration {
	if err != nil {
		s.span.SetStatus(codes.Error, "")
		s.span.SetAttributes(errorType(err))
	}
	s.span.End()
	return time.Since(s.began)
}

// about returns the attributes of a service.
func about(s runner.Service) []attribute.KeyValue {
	return []attribute.KeyValue{
		attribute.String("service.instance.name", runner.NameOf(s)),
		attribute.String("service.kind", string(runner.KindOf(s))),
	}
}

// errorType returns the Go type of what the Runner says has gone wrong.
func errorType(err error) attribute.KeyValue {
	for one := (*runner.ServiceError)(nil); errors.As(err, &one) && one.Err != nil; {
		err = one.Err
	}
	return attribute.String("error.type", fmt.Sprintf("%T", err))
}

// keyOf returns what a service can be found by: events have it as it was given to the Runner. Values that cannot be compared
// are found by their names.
func keyOf(s runner.Service) any {
	if reflect.ValueOf(s).Comparable() {
		return s
	}
	return runner.NameOf(s)
}
