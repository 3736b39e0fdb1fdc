package runnertest_test

import (
	"net/http"
	"testing"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

func ExampleTestResource() {
	_ = func(t *testing.T) { // func TestStore(t *testing.T)
		runnertest.TestResource(t, func(t *testing.T) runner.Resource {
			return newStore(t.TempDir())
		})
	}
}

func ExampleTestServer() {
	_ = func(t *testing.T) { // func TestAPI(t *testing.T)
		runnertest.TestServer(t, func(*testing.T) runner.Server {
			return httpserver.New(http.NotFoundHandler(), httpserver.Addr("127.0.0.1:0"))
		})
	}
}

func ExampleTestJob() {
	_ = func(t *testing.T) { // func TestImport(t *testing.T)
		runnertest.TestJob(t, func(t *testing.T) runner.Job {
			return newImport(t.TempDir())
		})
	}
}

func ExampleWithout() {
	_ = func(t *testing.T) { // func TestStore(t *testing.T)
		runnertest.TestResource(t, func(t *testing.T) runner.Resource {
			return newStore(t.TempDir())
		}, runnertest.Without("starts again after Stop", "survives a nil context"))
	}
}

func newStore(string) runner.Resource { return resource{(&worker{}).parts()} }

func newImport(string) runner.Job { return job{(&worker{}).parts()} }
