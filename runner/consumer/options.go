package consumer

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"
)

// Option configures a [Consumer]; see [New]. Of Workers, HandleTimeout and Pause the last one counts. OnError, FatalError
// and Session can be given several times, and all of them count. A nil function in an Option is an error of
// [Consumer.Listen].
type Option func(*options)

// options is what the Options of a consumer say, before it is known what its messages are.
type options struct {
	workers       int
	handleTimeout time.Duration // 0 or less: none
	pause         func(failures int) time.Duration
	fatal         []func(error) bool
	sessions      []sessionFuncs
	onError       []onError
	errs          []error // what is wrong with them
}

// onError is a function that was given to OnError.
type onError struct {
	f       any          // a func(context.Context, M, error)
	message reflect.Type // M
}

func (o *options) mustHave(present bool, what string) {
	if !present {
		o.errs = append(o.errs, errors.New(what+": nil function"))
	}
}

// Workers sets how many messages are handled at the same time. The default, and what less than 1 means, is 1: then messages
// are handled in the order in which they are received. With more, the order is not kept. Receive is always called by one
// worker at a time: where a round trip limits it, let it fetch several messages at once, and return them one by one.
func Workers(n int) Option {
	return func(o *options) { o.workers = max(n, 1) }
}

// HandleTimeout limits the time of the context that handle gets for one message. The default, and what 0 or less means, is
// no limit. A handle that ignores the end of its context keeps its worker, and its message counts as handled if it returns
// nil after all.
func HandleTimeout(d time.Duration) Option {
	return func(o *options) { o.handleTimeout = d }
}

// Pause sets the time between a failed receive and the next one. Next is called with the number of failures in a row, at
// least 1; a receive that succeeds, or returns [ErrNone], ends the row. The default is 100 ms, doubling up to 30 s, of which
// up to a fifth is taken off at random. Less than 1 ms, 0 and negative pauses included, means 1 ms: a consumer that fails at
// once must not occupy a processor. If next panics, the consumer makes the default pause, and IsHealthy returns the panic.
//
// Close ends a pause.
func Pause(next func(failures int) time.Duration) Option {
	return func(o *options) {
		o.mustHave(next != nil, "Pause")
		o.pause = next
	}
}

// OnError sets what happens to a message whose handling failed or panicked: give it back, park it, log it. Err is the error of
// handle, or a [*runner.PanicError]. Without OnError the message is only counted: see [Stats].
//
// The worker that has handled the message calls f: it is not free before f has returned. The context has the values of that of
// Listen, and never ends, so that a message can be given back though it was cut off. Close waits for f, also past the end of its
// own context: an f that can hang should limit its time. Given several times, all functions are called in the given order, also
// after a panic of one; Close returns the first such panic.
//
// M must be the type of the consumer's messages. Any other is an error of [Consumer.Listen].
func OnError[M any](f func(context.Context, M, error)) Option {
	return func(o *options) {
		o.mustHave(f != nil, "OnError")
		o.onError = append(o.onError, onError{f: f, message: reflect.TypeFor[M]()})
	}
}

// FatalError sets which failures of receive end the consumer: Listen returns the error instead of asking again. By default
// none do. The function gets the error as receive returned it, or a [*runner.PanicError], but no [ErrNone], and no error
// after Close has begun. Given several times, one that returns true is enough. A panic of is counts as a failed receive that is
// not fatal.
func FatalError(is func(error) bool) Option {
	return func(o *options) {
		o.mustHave(is != nil, "FatalError")
		o.fatal = append(o.fatal, is)
	}
}

// Session sets what surrounds each Listen: join and leave a group, open and close a channel.
//
// Listen calls open before the first receive, with a context that ends when Close begins. An error of open is that of Listen.
// Once all messages in hand have been handled, or Close has given up on them, the consumer calls close with the context of Close:
// also if Listen has failed, but not if open has. If Listen ends without a Close, because it has failed or its own context has
// ended, the context of close has no deadline, and ends with that of a Close that comes meanwhile. [Consumer.Close] returns the
// error of close, and Listen does if nobody has called Close.
//
// Given several times, Sessions are opened in the given order and closed in reverse.
func Session(open, close func(context.Context) error) Option {
	return func(o *options) {
		o.mustHave(open != nil && close != nil, "Session")
		o.sessions = append(o.sessions, sessionFuncs{open, close})
	}
}

// settings is everything that a consumer was made of.
type settings[M any] struct {
	options
	receive func(context.Context) (M, error)
	handle  func(context.Context, M) error
	onError []func(context.Context, M, error)
}

func newSettings[M any](receive func(context.Context) (M, error), handle func(context.Context, M) error, opts []Option) settings[M] {
	s := settings[M]{options: options{workers: 1, pause: defaultPause}, receive: receive, handle: handle}
	s.mustHave(receive != nil, "receive")
	s.mustHave(handle != nil, "handle")
	for _, opt := range opts {
		if opt != nil {
			opt(&s.options)
		}
	}
	for _, given := range s.options.onError {
		f, ok := given.f.(func(context.Context, M, error))
		if !ok {
			s.errs = append(s.errs, fmt.Errorf("OnError is for messages of type %v, those of this consumer are of type %v",
				given.message, reflect.TypeFor[M]()))
		}
		s.onError = append(s.onError, f)
	}
	return s
}

// check returns what is wrong with the settings, those of a consumer that New has not made included.
func (s *settings[M]) check() error {
	if s.receive == nil && len(s.errs) == 0 {
		return errors.New("consumer was not made by New")
	}
	return errors.Join(s.errs...)
}
