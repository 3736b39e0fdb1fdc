package fxservices_test

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// What follows runs programs, by fx.New(...).Run() and by fxservices.Run, and
// sends them real signals.

func TestSignalWhileServing(t *testing.T) {
	const want = "starting, start db, start cache, listen api, ready, " +
		"stopping, close api, stop cache, stop db, stopped"

	t.Run("stops the application with exit code 0 in plain fx", func(t *testing.T) {
		printed, code := begin(t, "fx serving").await("ready").signal(syscall.SIGTERM).quiet()
		require.Equal(t, want, printed)
		require.Zero(t, code)
	})

	t.Run("stops the application with exit code 0 in Run", func(t *testing.T) {
		printed, code := begin(t, "run serving").await("ready").signal(syscall.SIGTERM).quiet()
		require.Equal(t, want+", result: <nil>", printed)
		require.Zero(t, code)
	})
}

func TestSignalWhileStarting(t *testing.T) {
	const want = "starting, start db, start cache, signal: terminated, stopping, stop db, stopped"

	t.Run("stops what had started in plain fx", func(t *testing.T) {
		p := begin(t, "fx starting").await("start cache").signal(syscall.SIGTERM)
		printed, code := p.end()
		require.Equal(t, want, printed)
		require.Equal(t, 1, code)
		require.Contains(t, p.stderr.String(), `start "cache": received signal terminated`)
	})

	t.Run("stops what had started in Run, and is the exit code", func(t *testing.T) {
		printed, code := begin(t, "run starting").await("start cache").signal(syscall.SIGTERM).end()
		require.Equal(t, want+`, result: start "cache": received signal terminated`, printed)
		require.Equal(t, 128+15, code)
	})
}

func TestSecondSignal(t *testing.T) {
	const want = "starting, start db, start cache, listen api, ready, " +
		"stopping, close api, stop cache, stop db, stopped"

	t.Run("cuts the graceful stop short in plain fx, exit code 1", func(t *testing.T) {
		p := begin(t, "fx closing").await("ready").signal(os.Interrupt).await("close api").signal(os.Interrupt)
		printed, code := p.quiet()
		require.Equal(t, want, printed)
		require.Equal(t, 1, code)
		require.Contains(t, p.stderr.String(), "received signal interrupt")
	})

	t.Run("cuts the graceful stop short in Run, and is the exit code", func(t *testing.T) {
		p := begin(t, "run closing").await("ready").signal(os.Interrupt).await("close api").signal(os.Interrupt)
		printed, code := p.quiet()
		require.Contains(t, printed, want+`, result: close "api": received signal interrupt`)
		require.Equal(t, 128+2, code)
	})
}

func TestServerFailure(t *testing.T) {
	const want = `starting, start db, start cache, listen api, ready, failed: listen "api": boom, ` +
		"stopping, close api, stop cache, stop db, stopped"

	t.Run("stops the application in plain fx, logs the cause, exit code 1", func(t *testing.T) {
		p := begin(t, "fx failing").await("ready")
		printed, code := p.end()
		require.Equal(t, want, printed)
		require.Equal(t, 1, code)
		require.Contains(t, p.stderr.String(), `listen "api": boom`)
	})

	t.Run("stops the application in Run, which returns the cause, exit code 1", func(t *testing.T) {
		printed, code := begin(t, "run failing").await("ready").end()
		require.Equal(t, want+`, result: listen "api": boom`, printed)
		require.Equal(t, 1, code)
	})
}

func TestJobsOfAProcess(t *testing.T) {
	const done = "starting, start db, ready, run import, stopping, stop db, stopped"
	const failed = `starting, start db, ready, run import, stopping, stop db, stopped`

	t.Run("that are done end it with exit code 0 in plain fx", func(t *testing.T) {
		printed, code := begin(t, "fx importing").end()
		require.Equal(t, done, inOrderOfJobs(printed))
		require.Zero(t, code)
	})

	t.Run("that are done end it with exit code 0 in Run", func(t *testing.T) {
		printed, code := begin(t, "run importing").end()
		require.Equal(t, done+", result: <nil>", inOrderOfJobs(printed))
		require.Zero(t, code)
	})

	t.Run("that fail end it with the cause and exit code 1 in plain fx", func(t *testing.T) {
		p := begin(t, "fx not importing")
		printed, code := p.end()
		require.Equal(t, failed, inOrderOfJobs(printed))
		require.Equal(t, 1, code)
		require.Contains(t, p.stderr.String(), `run "import": boom`)
	})

	t.Run("that fail end it with the cause and exit code 1 in Run", func(t *testing.T) {
		printed, code := begin(t, "run not importing").end()
		require.Equal(t, failed+`, result: run "import": boom`, inOrderOfJobs(printed))
		require.Equal(t, 1, code)
	})
}

// inOrderOfJobs puts "run import" behind "ready": a Job that has been entered runs beside all that comes next.
func inOrderOfJobs(printed string) string {
	before, after, found := strings.Cut(printed, "run import, ready")
	if !found {
		return printed
	}
	return before + "ready, run import" + after
}

func TestReportedFailureOfAProcess(t *testing.T) {
	const want = `starting, start db, listen api, ready, failed: run "db": boom, stopping, close api, stop db, stopped`

	t.Run("stops it in plain fx, exit code 1", func(t *testing.T) {
		p := begin(t, "fx losing").await("ready")
		printed, code := p.end()
		require.Equal(t, want, printed)
		require.Equal(t, 1, code)
		require.Contains(t, p.stderr.String(), `run "db": boom`)
	})

	t.Run("stops it in Run, which returns the cause, exit code 1", func(t *testing.T) {
		printed, code := begin(t, "run losing").await("ready").end()
		require.Equal(t, want+`, result: run "db": boom`, printed)
		require.Equal(t, 1, code)
	})
}

func TestGracefulShutdownWhileStarting(t *testing.T) {
	for way, result := range map[string]string{"fx": "", "run": ", result: <nil>"} {
		t.Run("stops what has started with exit code 0: "+way, func(t *testing.T) {
			printed, code := begin(t, way+" shutting down").end()
			require.Equal(t, "starting, start db, stopping, stop db, stopped"+result, printed)
			require.Zero(t, code)
		})
	}
}

func TestPanicOfHook(t *testing.T) {
	const want = "starting, start db, stopping, stop db, stopped"

	t.Run("is an error in plain fx, exit code 1", func(t *testing.T) {
		p := begin(t, "fx panicking")
		printed, code := p.end()
		require.Equal(t, want, printed)
		require.Equal(t, 1, code)
		require.Contains(t, p.stderr.String(), "panic: oops")
	})

	t.Run("is an error of Run, exit code 1", func(t *testing.T) {
		printed, code := begin(t, "run panicking").end()
		require.Contains(t, printed, want+`, result: start "hook `+stepsPackage+`Panics`)
		require.Contains(t, printed, "panic: oops")
		require.Equal(t, 1, code)
	})
}

func TestStartTimeoutOfApplication(t *testing.T) {
	const want = "starting, start db, start cache, stopping, stop db, stopped"

	t.Run("stops what had started in plain fx, exit code 1", func(t *testing.T) {
		p := begin(t, "fx late")
		printed, code := p.end()
		require.Equal(t, want, printed)
		require.Equal(t, 1, code)
		require.Contains(t, p.stderr.String(), `start "cache": `)
	})

	t.Run("stops what had started in Run, exit code 1", func(t *testing.T) {
		printed, code := begin(t, "run late").end()
		require.Contains(t, printed, want+`, result: start "cache": `)
		require.Contains(t, printed, "start of the application timed out after ")
		require.Equal(t, 1, code)
	})
}

func TestSignalWhileBuilding(t *testing.T) {
	t.Run("is caught by Run, which starts nothing", func(t *testing.T) {
		printed, code := begin(t, "run building").await("building").signal(os.Interrupt).end()
		require.Regexp(t, "^building, .*result: received signal interrupt$", printed)
		require.NotContains(t, printed, "start db")
		require.Equal(t, 128+2, code)
	})
}

func TestFailureToBuild(t *testing.T) {
	t.Run("is logged by plain fx, exit code 1", func(t *testing.T) {
		p := begin(t, "fx failing to build")
		_, code := p.end()
		require.Equal(t, 1, code)
		require.Contains(t, p.stderr.String(), location(newBroken))
	})

	t.Run("is returned by Run, exit code 1", func(t *testing.T) {
		printed, code := begin(t, "run failing to build").end()
		require.Contains(t, printed, location(newBroken)+"): boom")
		require.Equal(t, 1, code)
	})
}

func TestShutdownerWithCode(t *testing.T) {
	const want = "starting, listen api, ready, stopping, close api, stopped"

	t.Run("is the exit code in plain fx", func(t *testing.T) {
		printed, code := begin(t, "fx coded").end()
		require.Equal(t, want, printed)
		require.Equal(t, 3, code)
	})

	t.Run("is the exit code of Run", func(t *testing.T) {
		printed, code := begin(t, "run coded").end()
		require.Equal(t, want+", result: shut down with exit code 3", printed)
		require.Equal(t, 3, code)
	})
}

func TestMainFunction(t *testing.T) {
	t.Run("prints nothing and exits with 0 where nothing is wrong", func(t *testing.T) {
		p := begin(t, "main serving").await("ready").signal(os.Interrupt)
		_, code := p.end()
		require.Zero(t, code)
		require.NotContains(t, p.stderr.String(), "ERROR")
		require.NotContains(t, p.stderr.String(), "api")
	})

	t.Run("prints the error and exits with its code", func(t *testing.T) {
		for program, want := range map[string]struct {
			line string
			code int
		}{
			"failing":          {`listen "api": boom`, 1},
			"coded":            {"shut down with exit code 3", 3},
			"late":             {`start "cache": context deadline exceeded: start of the application timed out after 300ms`, 1},
			"failing to build": {location(newBroken) + "): boom", 1},
			"panicking":        {"panic: oops\n\ngoroutine ", 1},
		} {
			p := begin(t, "main "+program)
			_, code := p.end()
			require.Contains(t, p.stderr.String(), want.line)
			require.Equal(t, want.code, code)
		}
	})
}
