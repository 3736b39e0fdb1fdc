package draw_test

import (
	"errors"
	"testing"
	"time"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

// arbitrary makes a Snapshot of a name and of bytes, each of them a time, a service
// that another starts after, or whether there is an error.
func arbitrary(name string, data []byte) timeline.Snapshot {
	next := func() byte {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return b
	}
	when := func() time.Time {
		b := next()
		switch {
		case b < 32:
			return time.Time{}
		case b > 250:
			return epoch.Add(time.Duration(b) * 1000 * time.Hour)
		default:
			return epoch.Add(time.Duration(b-64) * 333 * time.Microsecond)
		}
	}
	s := timeline.Snapshot{Taken: when(), Began: when(), Constructed: when(), Started: when(), Ready: when(),
		ShutdownBegan: when(), Stopped: when(), Dropped: int(next())}
	for len(data) > 0 && len(s.Services) < 700 {
		service := timeline.Service{Name: name, Kind: runner.Kind(name[:len(name)/2]), Barrier: name[len(name)/2:],
			Queued: when(), LoadBegan: when(), Loaded: when(), StartBegan: when(), Started: when(), Ready: when(),
			StopBegan: when(), Stopped: when(), Failed: when(), Attempts: int(next()), After: []int{int(next()), int(next()) - 1}}
		if next()%2 == 0 {
			service.Err = errors.New(name)
		}
		s.Services = append(s.Services, service)
	}
	return s
}

func seed(f *testing.F) {
	for i, name := range hostileNames {
		var data []byte
		for j := range 8 + 13*i {
			data = append(data, byte((j+i)*37))
		}
		f.Add(name, data)
	}
	f.Add("sorted", []byte("\xfa@ACG\xdc\xf0\x00@AACDEE\xdd\xe0\x00\x00\x00\x00\x00@AFFHHJ\xdc\xdf\x00\x03\x00\x01\x00"))
}

func FuzzSVG(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		root := svgOf(t, arbitrary(name, data))
		requireInside(t, root)
		requireApart(t, root)
	})
}

func FuzzTrace(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, name string, data []byte) { traceOf(t, arbitrary(name, data)) })
}

func FuzzDOT(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		s := arbitrary(name, data)
		requireDOT(t, s, written(t, "dot", s))
	})
}

func FuzzMermaid(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		s := arbitrary(name, data)
		requireFlowchart(t, written(t, "mermaid.mmd", s))
		requireGantt(t, written(t, "gantt.mmd", s))
	})
}
