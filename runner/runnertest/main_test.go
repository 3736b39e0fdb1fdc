package runnertest_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if isChild() {
		os.Exit(m.Run()) // broken services leave goroutines behind
	}
	goleak.VerifyTestMain(m)
}
