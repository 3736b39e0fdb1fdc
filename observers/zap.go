package observers

import (
	"context"
	"fmt"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/go-fxservices/services/runner"
)

// Zap is an Observer that logs to zap; see the package for what it writes. It is
// made by [NewZap], and is safe for concurrent use once its levels are set.
//
// Lines get past the sampling of the logger, which would drop equal messages
// after the first hundred of a second: however many services a program has,
// each line of theirs is written. Cores are asked for each line as always, so
// that levels (those of the parts of a tee, and those that change, too) and
// hooks hold. Only Check of a core, and the hook of a sampler, see the message
// with a key after it, and Check is asked again if it refuses.
//
// One thing can't be seen from outside: that a sampler below a tee, or another
// core that writes to several, drops a line while its neighbour takes it. It
// does so only where the program itself logs other messages of the same level
// faster than the sampler lets pass, and then seldom: zap counts in 4096
// buckets, and a line falls into the bucket of a busy message by chance. Give
// NewZap a logger without sampling where that is too often.
type Zap struct {
	recorder
	logger *zap.Logger
	levels [failure + 1]zapcore.Level
}

var (
	_ runner.Observer             = (*Zap)(nil)
	_ runner.ServerFailedObserver = (*Zap)(nil)
	_ runner.RetryObserver        = (*Zap)(nil)
	_ runner.QueueObserver        = (*Zap)(nil)
)

// NewZap returns an Observer that logs to logger, with its name, fields, clock
// and options. Stack traces that zap adds by itself are left out: they would be
// those of this package. A nil logger logs nothing.
func NewZap(logger *zap.Logger) *Zap {
	if logger == nil {
		logger = zap.NewNop()
	}
	z := &Zap{
		logger: logger.WithOptions(zap.AddStacktrace(zapcore.InvalidLevel), zap.WrapCore(newUnsampled)),
		levels: [...]zapcore.Level{detail: zapcore.DebugLevel, normal: zapcore.InfoLevel, failure: zapcore.ErrorLevel},
	}
	z.log = z
	return z
}

// UseLogLevel sets the level of lines that tell no failure. The default is info;
// a level above error, which can end the program, is taken as error. It must be
// called before the first event.
func (z *Zap) UseLogLevel(level zapcore.Level) {
	z.levels[normal] = min(level, zapcore.ErrorLevel)
	z.levels[detail] = min(level, zapcore.DebugLevel)
}

// UseErrorLevel sets the level of lines that tell a failure. The default is
// error; a level above that, which can end the program, is taken as error. It
// must be called before the first event.
func (z *Zap) UseErrorLevel(level zapcore.Level) {
	z.levels[failure] = min(level, zapcore.ErrorLevel)
}

func (z *Zap) enabled(_ context.Context, s severity) bool {
	return z.logger.Core().Enabled(z.levels[s])
}

func (z *Zap) write(_ context.Context, s severity, l line) {
	entry := z.logger.Check(z.levels[s], l.message)
	if entry == nil {
		return
	}
	fields := make([]zap.Field, 0, 5)
	if l.subject != nil {
		fields = append(fields, zap.String("service", l.name()))
		if kind := l.kind(); kind != runner.KindUnknown {
			fields = append(fields, zap.String("kind", string(kind)))
		}
	}
	if l.attempt != 0 {
		fields = append(fields, zap.Int("attempt", l.attempt))
	}
	if l.signal != nil {
		fields = append(fields, zap.String("signal", fmt.Sprint(l.signal)))
	}
	if len(l.after) > 0 {
		fields = append(fields, zap.Strings("after", l.after))
	}
	if l.barrier != "" {
		fields = append(fields, zap.String("barrier", l.barrier))
	}
	if l.duration != unknown {
		fields = append(fields, zap.Duration("duration", l.duration))
	}
	if l.err != nil {
		fields = append(fields, zap.Error(l.err))
	}
	if stack := l.stack(); len(stack) > 0 {
		fields = append(fields, zap.ByteString("stack", stack))
	}
	entry.Write(fields...)
}
