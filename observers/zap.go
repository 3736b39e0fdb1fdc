package observers

import (
	"context"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/go-fxservices/services/internal/identity"
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
	levels [severities]zapcore.Level
}

var zapFields = encoder[zap.Field]{
	text: zap.String, texts: zap.Strings, number: zap.Int, duration: zap.Duration, failure: zap.NamedError,
}

// NewZap returns an Observer that logs to logger, with its name, fields, clock
// and options. Stack traces that zap adds by itself are left out: they would be
// those of this package. A nil logger logs nothing, and neither does one without a
// core.
func NewZap(logger *zap.Logger) *Zap {
	if logger == nil || identity.IsNil(logger.Core()) {
		logger = zap.NewNop()
	}
	z := &Zap{
		logger: logger.WithOptions(zap.AddStacktrace(zapcore.InvalidLevel), zap.WrapCore(newUnsampled)),
		levels: [...]zapcore.Level{
			detail: zapcore.DebugLevel, normal: zapcore.InfoLevel,
			warning: zapcore.WarnLevel, failure: zapcore.ErrorLevel,
		},
	}
	z.log = z
	return z
}

// UseLogLevel sets the level of lines that report no failure. The default is info;
// a level above error, which can end the program, is taken as error. It must be
// called before the first event.
func (z *Zap) UseLogLevel(level zapcore.Level) {
	z.levels[normal] = min(level, zapcore.ErrorLevel)
	z.levels[detail] = min(level, zapcore.DebugLevel)
	z.setWarnings()
}

// UseErrorLevel sets the level of lines that report a failure. The default is
// error; a level above that, which can end the program, is taken as error. It
// must be called before the first event.
func (z *Zap) UseErrorLevel(level zapcore.Level) {
	z.levels[failure] = min(level, zapcore.ErrorLevel)
	z.setWarnings()
}

// setWarnings keeps warnings between the other lines and failures.
func (z *Zap) setWarnings() {
	z.levels[warning] = min(max(zapcore.WarnLevel, z.levels[normal]), z.levels[failure])
}

func (z *Zap) enabled(_ context.Context, s severity) bool {
	return z.logger.Core().Enabled(z.levels[s])
}

func (z *Zap) write(ctx context.Context, s severity, l line) {
	entry := z.logger.Check(z.levels[s], l.message)
	if entry == nil {
		return
	}
	entry.Write(encode(ctx, l, zapFields)...)
}
