package fxservices_test

import (
	"os"
	"os/signal"
	"testing"

	"go.uber.org/goleak"
)

// TestMain plays a program if this is the process of one; see process_test.go.
func TestMain(m *testing.M) {
	if name := os.Getenv(programKey); name != "" {
		os.Exit(play(name))
	}
	// The goroutine that receives signals lives for ever: it must not be born in
	// the bubble of a test.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	signal.Stop(signals)
	goleak.VerifyTestMain(m)
}
