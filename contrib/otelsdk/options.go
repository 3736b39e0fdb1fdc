package otelsdk

import (
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
)

// DefaultFlushTimeout is how long Stop waits for a collector, unless [FlushTimeout] says otherwise.
const DefaultFlushTimeout = 5 * time.Second

// Option configures an [SDK].
type Option func(*options)

type options struct {
	flush      time.Duration
	attributes []attribute.KeyValue
	err        error
}

// FlushTimeout sets how long Stop tries to send what has been recorded, all signals together. Its context ends the attempt
// earlier. By default it is [DefaultFlushTimeout]; a duration that is not positive is an error of [New].
func FlushTimeout(d time.Duration) Option {
	return func(o *options) {
		if d <= 0 {
			o.err = fmt.Errorf("FlushTimeout must be positive, got %v", d)
		}
		o.flush = d
	}
}

// Attributes adds attributes that describe the program to all that it sends. They win over those of OTEL_RESOURCE_ATTRIBUTES and
// OTEL_SERVICE_NAME.
func Attributes(attributes ...attribute.KeyValue) Option {
	return func(o *options) { o.attributes = append(o.attributes, attributes...) }
}
