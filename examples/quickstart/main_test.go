package main

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// runMain makes the test binary be the program.
const runMain = "QUICKSTART_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		main()
		return
	}
	goleak.VerifyTestMain(m)
}
