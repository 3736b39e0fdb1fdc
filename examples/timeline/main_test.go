package main

import (
	"os"
	"os/signal"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

// runMain makes the test binary be the program.
const runMain = "TIMELINE_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		main()
		return
	}
	// The goroutine that receives signals lives for ever: it must not be born in
	// the bubble of a test.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	signal.Stop(signals)
	goleak.VerifyTestMain(m)
}
