package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// runMain makes the test binary be the program.
const runMain = "PLAIN_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		main()
		return
	}
	goleak.VerifyTestMain(m)
}

func command(t *testing.T, env ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(env, runMain+"=1", "GOCOVERDIR="+t.TempDir(), "GORACE=atexit_sleep_ms=0")
	return cmd
}

// visitOnce runs the program for one visit, and returns the answer and the log.
func visitOnce(t *testing.T, file string, sig os.Signal) (answer, log string) {
	t.Helper()
	cmd := command(t, "ADDR=127.0.0.1:0", "VISITS="+file)
	stderr, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // where the test has failed
	lines, addr := bufio.NewScanner(stderr), ""
	for addr == "" && lines.Scan() {
		log += lines.Text() + "\n"
		if match := regexp.MustCompile(`msg=listening addr=(\S+)`).FindStringSubmatch(lines.Text()); match != nil {
			addr = match[1]
		}
	}
	require.NotEmpty(t, addr, log)
	answer = get(t, "http://"+addr)
	require.NoError(t, cmd.Process.Signal(sig))
	for lines.Scan() {
		log += lines.Text() + "\n"
	}
	require.NoError(t, cmd.Wait(), log)
	return answer, log
}

func get(t *testing.T, url string) string {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(body)
}

func TestProgram(t *testing.T) {
	t.Run("keeps the count when it is started again", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "visits.txt")
		answer, _ := visitOnce(t, file, os.Interrupt)
		require.Equal(t, "You are visitor 1.\n", answer)
		answer, _ = visitOnce(t, file, syscall.SIGTERM)
		require.Equal(t, "You are visitor 2.\n", answer)
	})

	t.Run("stops the resource last", func(t *testing.T) {
		_, log := visitOnce(t, filepath.Join(t.TempDir(), "visits.txt"), syscall.SIGTERM)
		var events []string
		for _, match := range regexp.MustCompile(`msg="(service \w+)" service=(\w+)`).FindAllStringSubmatch(log, -1) {
			events = append(events, match[1]+" "+match[2])
		}
		require.Equal(t, []string{
			"service starting visits", "service started visits",
			"service starting http", "service started http",
			"service stopping http", "service stopped http",
			"service stopping visits", "service stopped visits",
		}, events)
	})

	t.Run("says why it cannot start", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "visits.txt")
		require.NoError(t, os.WriteFile(file, []byte("many"), 0o600))
		requireFailure(t, command(t, "ADDR=127.0.0.1:0", "VISITS="+file),
			`plain: start "visits": `+file+`: strconv.ParseInt: parsing "many": invalid syntax`)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, "many", string(text))
	})

	t.Run("says that the address is in use", func(t *testing.T) {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer taken.Close()
		addr := taken.Addr().String()
		requireFailure(t, command(t, "ADDR="+addr, "VISITS="+filepath.Join(t.TempDir(), "visits.txt")),
			`plain: listen "http": listen tcp `+addr+`: bind: address already in use`)
	})
}

// requireFailure expects that the program says why, in its last line.
func requireFailure(t *testing.T, cmd *exec.Cmd, line string) {
	t.Helper()
	output, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Equal(t, 1, cmd.ProcessState.ExitCode(), "%s", output)
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	require.Equal(t, line, lines[len(lines)-1], "%s", output)
}
