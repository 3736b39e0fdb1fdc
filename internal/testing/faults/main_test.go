//go:build unix

package faults_test

import (
	"flag"
	"os"
	"runtime"
	"strconv"
	"testing"

	"go.uber.org/goleak"
)

// TestMain plays a scenario if this is the process of one; see process_test.go.
func TestMain(m *testing.M) {
	if key := os.Getenv(programKey); key != "" {
		os.Exit(play(key))
	}
	flag.Parse()
	if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil { // they wait most of the time
		panic(err)
	}
	goleak.VerifyTestMain(m)
}
