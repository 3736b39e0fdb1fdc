package observers

import (
	"context"
	"log/slog"

	"github.com/go-fxservices/services/internal/identity"
)

// Slog is an Observer that logs to log/slog; see the package for what it writes.
// It is made by [NewSlog], and is safe for concurrent use once its levels are
// set. Handlers get the context of the event.
type Slog struct {
	recorder
	logger *slog.Logger
	levels [severities]slog.Level
}

var slogAttrs = encoder[slog.Attr]{
	text: slog.String, number: slog.Int, duration: slog.Duration,
	texts:   func(key string, values []string) slog.Attr { return slog.Any(key, values) },
	failure: func(key string, err error) slog.Attr { return slog.Any(key, err) },
}

// NewSlog returns an Observer that logs to logger. A nil logger logs nothing, and
// neither does one without a handler; give it [slog.Default] for the default one.
func NewSlog(logger *slog.Logger) *Slog {
	if logger == nil || identity.IsNil(logger.Handler()) {
		logger = slog.New(slog.DiscardHandler)
	}
	s := &Slog{
		logger: logger,
		levels: [...]slog.Level{
			detail: slog.LevelDebug, normal: slog.LevelInfo,
			warning: slog.LevelWarn, failure: slog.LevelError,
		},
	}
	s.log = s
	return s
}

// UseLogLevel sets the level of lines that report no failure. The default is info.
// It must be called before the first event.
func (s *Slog) UseLogLevel(level slog.Level) {
	s.levels[normal] = level
	s.levels[detail] = min(level, slog.LevelDebug)
	s.setWarnings()
}

// UseErrorLevel sets the level of lines that report a failure. The default is
// error. It must be called before the first event.
func (s *Slog) UseErrorLevel(level slog.Level) {
	s.levels[failure] = level
	s.setWarnings()
}

// setWarnings keeps warnings between the other lines and failures.
func (s *Slog) setWarnings() {
	s.levels[warning] = min(max(slog.LevelWarn, s.levels[normal]), s.levels[failure])
}

func (s *Slog) enabled(ctx context.Context, level severity) bool {
	return s.logger.Enabled(ctx, s.levels[level])
}

func (s *Slog) write(ctx context.Context, level severity, l line) {
	if !s.enabled(ctx, level) {
		return
	}
	s.logger.LogAttrs(ctx, s.levels[level], l.message, encode(ctx, l, slogAttrs)...)
}
