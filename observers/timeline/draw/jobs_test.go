package draw_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

// batch is an application of Jobs: one is done, one has failed, and so has a Resource.
func batch() timeline.Snapshot {
	at := func(name string, kind runner.Kind, err error) timeline.Service {
		s := timeline.Service{Name: name, Kind: kind, Queued: moment(1), StartBegan: moment(1), Started: moment(1), Ready: moment(1)}
		if s.Err = err; err != nil {
			s.Failed = moment(40)
		}
		return s
	}
	done, failed := at("import", runner.KindJob, nil), at("report", runner.KindJob, errors.New("no rows"))
	done.Stopped = moment(31)
	return timeline.Snapshot{
		Taken: moment(50), Began: epoch, Constructed: moment(1), Started: moment(1), Ready: moment(1), ShutdownBegan: moment(40),
		Services: []timeline.Service{done, failed, at("lease", runner.KindResource, errors.New("lost"))},
	}
}

func TestJobs(t *testing.T) {
	t.Run("run, and are done, in the picture", func(t *testing.T) {
		picture := written(t, "svg", batch())
		require.Contains(t, picture, "running 30 ms")
		require.Contains(t, picture, "done after 30 ms")
		require.NotContains(t, picture, "serving 30 ms")
	})

	t.Run("that fail are not said to serve, and neither are resources", func(t *testing.T) {
		picture := written(t, "svg", batch())
		require.Contains(t, picture, "failed later")
		require.NotContains(t, picture, "failed serving")
	})

	t.Run("have a section of their own in the chart", func(t *testing.T) {
		chart := written(t, "gantt.mmd", batch())
		require.Contains(t, chart, "    section jobs\n    import ")
		require.NotContains(t, chart, "section others")
	})
}
