package observers

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/go-fxservices/services/runner"
)

// Slog is an Observer that logs to log/slog; see the package for what it writes.
// It is made by [NewSlog], and is safe for concurrent use once its levels are
// set. Handlers get the context of the event.
type Slog struct {
	recorder
	logger *slog.Logger
	levels [failure + 1]slog.Level
}

var (
	_ runner.Observer             = (*Slog)(nil)
	_ runner.ServerFailedObserver = (*Slog)(nil)
	_ runner.RetryObserver        = (*Slog)(nil)
	_ runner.QueueObserver        = (*Slog)(nil)
)

// NewSlog returns an Observer that logs to logger. A nil logger logs nothing;
// give it [slog.Default] for the default one.
func NewSlog(logger *slog.Logger) *Slog {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	s := &Slog{
		logger: logger,
		levels: [...]slog.Level{detail: slog.LevelDebug, normal: slog.LevelInfo, failure: slog.LevelError},
	}
	s.log = s
	return s
}

// UseLogLevel sets the level of lines that tell no failure. The default is info.
// It must be called before the first event.
func (s *Slog) UseLogLevel(level slog.Level) {
	s.levels[normal] = level
	s.levels[detail] = min(level, slog.LevelDebug)
}

// UseErrorLevel sets the level of lines that tell a failure. The default is
// error. It must be called before the first event.
func (s *Slog) UseErrorLevel(level slog.Level) {
	s.levels[failure] = level
}

func (s *Slog) enabled(ctx context.Context, level severity) bool {
	return s.logger.Enabled(ctx, s.levels[level])
}

func (s *Slog) write(ctx context.Context, level severity, l line) {
	if !s.enabled(ctx, level) {
		return
	}
	attrs := make([]slog.Attr, 0, 5)
	if l.subject != nil {
		attrs = append(attrs, slog.String("service", l.name()))
		if kind := l.kind(); kind != runner.KindUnknown {
			attrs = append(attrs, slog.String("kind", string(kind)))
		}
	}
	if l.attempt != 0 {
		attrs = append(attrs, slog.Int("attempt", l.attempt))
	}
	if l.signal != nil {
		attrs = append(attrs, slog.String("signal", fmt.Sprint(l.signal)))
	}
	if len(l.after) > 0 {
		attrs = append(attrs, slog.Any("after", l.after))
	}
	if l.barrier != "" {
		attrs = append(attrs, slog.String("barrier", l.barrier))
	}
	if l.duration != unknown {
		attrs = append(attrs, slog.Duration("duration", l.duration))
	}
	if l.err != nil {
		attrs = append(attrs, slog.Any("error", l.err))
	}
	if stack := l.stack(); len(stack) > 0 {
		attrs = append(attrs, slog.String("stack", string(stack)))
	}
	s.logger.LogAttrs(ctx, s.levels[level], l.message, attrs...)
}
