package runnertest_test

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"testing"
	"time"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
	"github.com/go-fxservices/services/runner/runnertest"
)

func TestServicesOfThisModule(t *testing.T) {
	t.Run("a Resource of functions keeps the rules", func(t *testing.T) {
		runnertest.TestResource(t, func(*testing.T) runner.Resource { return runner.NewResource("db", nil, nil) })
	})
	t.Run("a Resource of functions that take their time keeps the rules", func(t *testing.T) {
		runnertest.TestResource(t, func(*testing.T) runner.Resource {
			return runner.NewResource("db", takes(20*time.Millisecond), takes(5*time.Millisecond))
		})
	})
	t.Run("a Server of functions keeps the rules", func(t *testing.T) {
		runnertest.TestServer(t, func(*testing.T) runner.Server { return runner.NewServer("api", nil, nil) })
	})
	t.Run("a Server whose context ends it keeps the rules", func(t *testing.T) {
		runnertest.TestServer(t, func(*testing.T) runner.Server { return runner.NewServer("api", takes(time.Hour), nil) })
	})
	t.Run("a Resource that is retried keeps the rules", func(t *testing.T) {
		runnertest.TestResource(t, func(*testing.T) runner.Resource {
			return retrier.New().Build(resource{(&worker{}).parts()})
		})
	})
	t.Run("a Server that is restarted keeps the rules", func(t *testing.T) {
		runnertest.TestServer(t, func(*testing.T) runner.Server {
			return retrier.New().Restarts(3, time.Minute).BuildServer(server{(&worker{}).parts()})
		})
	})
	t.Run("a Server that is restarted and serves in the background keeps the rules", func(t *testing.T) {
		runnertest.TestServer(t, func(*testing.T) runner.Server {
			return retrier.New().Restarts(3, time.Minute).BuildServer(runner.NewServer("api", nil, nil))
		})
	})
	t.Run("an HTTP server that is restarted keeps the rules", func(t *testing.T) {
		runnertest.TestServer(t, func(*testing.T) runner.Server {
			return retrier.New().Restarts(3, time.Minute).BuildServer(newHTTP())
		})
	})
	t.Run("a Job made of a function keeps the rules", func(t *testing.T) {
		runnertest.TestJob(t, func(*testing.T) runner.Job { return runner.NewJob("import", takes(time.Millisecond)) })
	})
	t.Run("a Job that is retried keeps the rules", func(t *testing.T) {
		runnertest.TestJob(t, func(*testing.T) runner.Job {
			return retrier.New().BuildJob(runner.NewJob("import", takes(time.Millisecond)))
		})
	})
	t.Run("a consumer keeps the rules", func(t *testing.T) {
		runnertest.TestServer(t, func(*testing.T) runner.Server {
			return consumer.New("ticks", consumer.Every(time.Millisecond), func(context.Context, time.Time) error { return nil })
		})
	})
	t.Run("an HTTP server keeps the rules", func(t *testing.T) {
		runnertest.TestServer(t, func(*testing.T) runner.Server { return newHTTP() })
	})
}

func newHTTP() runner.Server {
	return httpserver.New(http.NotFoundHandler(), httpserver.Addr("127.0.0.1:0"))
}

func TestGoodServices(t *testing.T) {
	t.Run("a Resource with every capability keeps the rules", func(t *testing.T) {
		runnertest.TestResource(t, func(*testing.T) runner.Resource { return resource{(&worker{}).parts()} })
	})
	t.Run("a Server with every capability keeps the rules", func(t *testing.T) {
		runnertest.TestServer(t, func(*testing.T) runner.Server { return server{(&worker{}).parts()} })
	})
	t.Run("a Server that serves in the background keeps the rules", func(t *testing.T) {
		runnertest.TestServer(t, func(*testing.T) runner.Server {
			w := &worker{}
			p := w.parts()
			p.listen = w.start
			return server{p}
		})
	})
	t.Run("a Server that never looks at its context keeps the rules", func(t *testing.T) {
		runnertest.TestServer(t, func(*testing.T) runner.Server { return &closable{} })
	})
	t.Run("a Server that counts on http.ErrServerClosed keeps the rules", func(t *testing.T) {
		runnertest.TestServer(t, func(*testing.T) runner.Server { return &plainHTTP{} })
	})
	t.Run("a Job with every capability keeps the rules", func(t *testing.T) {
		runnertest.TestJob(t, func(*testing.T) runner.Job { return job{(&worker{}).parts()} })
	})
	for _, d := range []time.Duration{0, 30 * time.Millisecond, time.Hour} {
		t.Run("a Job that takes "+d.String()+" keeps the rules", func(t *testing.T) {
			runnertest.TestJob(t, func(*testing.T) runner.Job {
				p := (&worker{}).parts()
				p.run = func(ctx context.Context) error {
					if ctx == nil {
						return errNilContext
					}
					return takes(d)(ctx)
				}
				return job{p}
			})
		})
	}
}

func TestGoroutinesOfOthers(t *testing.T) {
	t.Run("are none of a rule's business", func(t *testing.T) {
		stop, done := make(chan struct{}), make(chan struct{})
		go func() { // starts goroutines all the time, as tests do that run in parallel
			defer close(done)
			for {
				select {
				case <-stop:
					return
				case <-time.After(time.Millisecond):
					go work(stop, make(chan struct{}))
				}
			}
		}()
		runnertest.TestResource(t, func(*testing.T) runner.Resource { return resource{(&worker{}).parts()} })
		close(stop)
		<-done
	})

	t.Run("that the test starts are none either", func(t *testing.T) {
		runnertest.TestResource(t, func(t *testing.T) runner.Resource {
			stop, done := make(chan struct{}), make(chan struct{})
			go work(stop, done)
			t.Cleanup(func() { close(stop); <-done })
			return resource{(&worker{}).parts()}
		})
	})

	t.Run("that package os/signal starts once are none either", func(t *testing.T) {
		signals := make(chan os.Signal, 1)
		runnertest.TestResource(t, func(*testing.T) runner.Resource {
			return runner.NewResource("signals", func(context.Context) error {
				signal.Notify(signals, os.Interrupt)
				return nil
			}, func(context.Context) error {
				signal.Stop(signals)
				return nil
			})
		})
	})
}
