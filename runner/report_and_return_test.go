package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// A server reports a failure, and its Listen then returns an error of its own before Close was called (here: while the Runner
// drains). That error reaches nobody. A Job likewise: JobDone gets the reported failure, and the result of Run is lost.
func TestListenErrorAfterAReport(t *testing.T) {
	inBubble(t, "Run joins the error of a Listen that returns after a reported failure", func(t *testing.T) {
		failures := make(chan error, 1)
		late := func(context.Context) error { time.Sleep(time.Second); return errOther }
		api := &reportingServer{runner.NewServer("api", late, nil), failures}
		r := newRunner(runner.WithDrainDelay(2 * time.Second))
		wait := running(t, r, api)
		failures <- errBoom
		synctest.Wait()
		err := wait()
		require.ErrorIs(t, err, errBoom)
		require.ErrorIs(t, err, errOther)
		finish(t, r)
	})
}

type reportingServer struct {
	runner.Server
	failures chan error
}

func (r *reportingServer) Failed() <-chan error { return r.failures }
