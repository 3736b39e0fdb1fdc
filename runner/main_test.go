package runner_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// programKey is the variable of the environment that makes the test binary play
// one of programs, for the tests of real signals.
const programKey = "RUNNER_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if play, ok := programs[os.Getenv(programKey)]; ok {
		play()
		return
	}
	goleak.VerifyTestMain(m)
}
