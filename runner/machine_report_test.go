package runner_test

import (
	"context"
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/go-fxservices/services/runner"
)

// reportHow is how a FailureReporter behaves.
type reportHow string

const (
	reportsError reportHow = "error"
	reportsNil   reportHow = "nil"
	closesReport reportHow = "closed channel"
	hasNoReport  reportHow = "nil channel"
	reportPanics reportHow = "panic"
	reportHangs  reportHow = "hang"
)

// reportPlan is what the first calls of Failed lead to. The later ones return a nil channel.
type reportPlan struct {
	Calls int // 0: the service is no FailureReporter
	After time.Duration
	How   reportHow
}

func drawReport(t *rapid.T) reportPlan {
	r := reportPlan{Calls: rapid.SampledFrom([]int{0, 0, 0, 0, 1, 2}).Draw(t, "report calls")}
	if r.Calls == 0 {
		return r
	}
	r.After = drawnMoments.Draw(t, "report after")
	r.How = rapid.SampledFrom([]reportHow{
		reportsError, reportsError, reportsError, reportsNil, closesReport, hasNoReport, reportPanics, reportHangs,
	}).Draw(t, "report how")
	return r
}

// opFailed is the call of Failed. No error names it.
const opFailed runner.Op = "failed"

// reporter makes a service a FailureReporter.
type reporter struct {
	runner.Service
	failed func() <-chan error
}

func (r *reporter) Failed() <-chan error   { return r.failed() }
func (r *reporter) Unwrap() runner.Service { return r.Service }

// failed makes the method Failed of a service.
func (m *machine) failed(name string, p reportPlan) func() <-chan error {
	return func() <-chan error {
		ctx := context.Background()
		id, nth := m.enter(ctx, name, opFailed)
		m.mayShutDown(ctx, name, opFailed, nth)
		sentinel := fmt.Errorf("failure of %s, call %d", name, id)
		how := outcome{how: returnsNil}
		if nth <= p.Calls && p.How == reportPanics {
			how = outcome{endsPanicking, sentinel, sentinel}
		}
		defer m.leave(ctx, id, name, opFailed, how)
		if nth > p.Calls || p.How == hasNoReport {
			return nil
		}
		switch p.How {
		case reportPanics:
			panic(sentinel)
		case reportHangs:
			<-m.release
		}
		failures := make(chan error, 1)
		go func() {
			faultPlan{After: p.After}.wait(ctx, m.release)
			switch p.How {
			case reportsError:
				m.add(happening{what: "reports", name: name, err: sentinel, id: id})
				failures <- sentinel
			case reportsNil:
				failures <- nil
			default:
				close(failures)
			}
		}()
		return failures
	}
}
