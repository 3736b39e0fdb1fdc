package observers

import (
	"strconv"
	"sync/atomic"

	"go.uber.org/zap/zapcore"
)

// unsampled is a Core that gets entries past samplers below it, which count
// equal messages: each entry is checked with a message of its own, and written
// with the one it had.
//
// Two other ways were not taken. Calling Write of the core without Check also
// writes to the parts of a tee that don't want the level, and skips hooks. A
// level or a time that samplers let pass deceives the other cores as well.
type unsampled struct {
	zapcore.Core
	key atomic.Uint64
}

func newUnsampled(core zapcore.Core) zapcore.Core {
	return &unsampled{Core: core}
}

const (
	// checks is how often a refused entry is checked. A sampler counts in few
	// enough buckets that a new message may meet one that is used up.
	checks = 16

	// keyStep, 2^64 over the golden ratio, makes keys that have little in common:
	// the hash of a sampler is a simple one.
	keyStep = 0x9E3779B97F4A7C15
)

// Check is only called where the level is enabled, so that nil is most likely
// the word of a sampler. Nobody has accepted the entry before: this is the
// outermost core of a logger that is not given away.
func (u *unsampled) Check(entry zapcore.Entry, _ *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	message := entry.Message
	for range checks {
		entry.Message = u.withKey(message)
		if checked := u.Core.Check(entry, nil); checked != nil {
			checked.Message = message
			return checked
		}
	}
	return nil
}

func (u *unsampled) withKey(message string) string {
	text := make([]byte, 0, 64) // enough for our messages, and on the stack
	text = append(append(text, message...), " #"...)
	return string(strconv.AppendUint(text, u.key.Add(keyStep), 36))
}
