//go:build unix

package realserver

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Server is a program that runs until the test ends. Its methods are for the goroutine of the test.
type Server struct {
	t       testing.TB
	name    string
	addr    string // host:port
	dir     string
	command func() *exec.Cmd
	ready   func(ctx context.Context, addr string) error
	stop    syscall.Signal // asks it to stop at once, and in order

	cmd    *exec.Cmd
	exited chan struct{}
	output bytes.Buffer // of the last start; read it after exited
}

// Addr returns the host and port on which the server listens, or will.
func (s *Server) Addr() string { return s.addr }

// Port returns the port alone.
func (s *Server) Port() int {
	_, port, err := net.SplitHostPort(s.addr)
	require.NoError(s.t, err)
	n, err := strconv.Atoi(port)
	require.NoError(s.t, err)
	return n
}

// newServer returns a Server that is not started.
func newServer(t testing.TB, name string) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", name) //nolint:usetesting // another user must reach it, and a socket needs a short path
	require.NoError(t, err)
	s := &Server{t: t, name: name, addr: FreeAddr(t), dir: dir, stop: syscall.SIGTERM}
	t.Cleanup(func() {
		s.Stop()
		_ = os.RemoveAll(dir)
	})
	return s
}

// FreeAddr returns an address on which nothing listens.
func FreeAddr(t testing.TB) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

// Start starts the server, and waits until it answers.
func (s *Server) Start() {
	s.t.Helper()
	require.Nil(s.t, s.cmd, "%s is running", s.name)
	s.Launch()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		err := s.ready(ctx, s.addr)
		if err == nil {
			return
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-s.exited:
			require.FailNow(s.t, s.name+" has ended", "%s", s.output.String())
		case <-ctx.Done():
			s.Kill()
			require.FailNow(s.t, s.name+" has not become ready", "%v\n%s", err, s.output.String())
		}
	}
}

// Launch starts the server, and does not wait.
func (s *Server) Launch() {
	s.t.Helper()
	cmd := s.command()
	s.output.Reset()
	cmd.Stdout, cmd.Stderr = &s.output, &s.output
	require.NoError(s.t, cmd.Start())
	exited := make(chan struct{})
	s.cmd, s.exited = cmd, exited
	go func() { defer close(exited); _ = cmd.Wait() }()
}

// Stop asks the server to stop, and waits for it. It does nothing if the server is not running.
func (s *Server) Stop() {
	if s.cmd == nil {
		return
	}
	s.Thaw()
	_ = s.cmd.Process.Signal(s.stop)
	select {
	case <-s.exited:
		s.cmd = nil
	case <-time.After(20 * time.Second):
		s.Kill()
	}
}

// Kill ends the server and all its processes at once, as a machine that fails does.
func (s *Server) Kill() {
	s.signal(syscall.SIGKILL)
	<-s.exited
	s.cmd = nil
}

// Freeze keeps the server and all its processes from running: connections stay open, and nobody answers. It waits until every thread
// has stopped, which takes a moment on a busy system.
func (s *Server) Freeze() {
	s.t.Helper()
	s.signal(syscall.SIGSTOP)
	for began := time.Now(); !s.isFrozen(); time.Sleep(time.Millisecond) {
		require.Less(s.t, time.Since(began), time.Minute, "%s does not freeze", s.name)
	}
}

func (s *Server) isFrozen() bool {
	for _, pid := range descendants(s.cmd.Process.Pid) {
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		for _, thread := range threads {
			text, err := os.ReadFile(thread)
			if state, _ := parseStat(text); err == nil && state != "T" && state != "Z" {
				return false
			}
		}
	}
	return true
}

// Thaw ends a Freeze.
func (s *Server) Thaw() { s.signal(syscall.SIGCONT) }

// Restart starts a server anew that was killed or stopped, on the same port and with the same data.
func (s *Server) Restart() {
	s.t.Helper()
	if s.cmd != nil {
		s.Stop()
	}
	s.Start()
}

func (s *Server) signal(sig syscall.Signal) {
	for _, pid := range descendants(s.cmd.Process.Pid) {
		_ = syscall.Kill(pid, sig)
	}
}

// program returns the path of a program, or skips the test.
func program(t testing.TB, debian string, names ...string) string {
	t.Helper()
	for _, name := range names {
		if found, _ := filepath.Glob(name); len(found) > 0 {
			return found[len(found)-1]
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing := fmt.Sprintf("%s is not installed: it is in the Debian package %s", filepath.Base(names[0]), debian)
	if os.Getenv("SERVICES_REQUIRED") == "1" {
		require.FailNow(t, missing)
	}
	t.Skip(missing)
	return ""
}

// account is the user as whom programs run that refuse to run as root.
type account struct {
	attr *syscall.SysProcAttr
	name string
}

var lookUp = sync.OnceValues(func() (*user.User, error) { return user.Lookup("nobody") })

// unprivileged gives the folder of the server to another user, if the test runs as root.
func (s *Server) unprivileged() account {
	s.t.Helper()
	if os.Geteuid() != 0 {
		return account{name: os.Getenv("USER")}
	}
	nobody, err := lookUp()
	require.NoError(s.t, err)
	uid, err := strconv.Atoi(nobody.Uid)
	require.NoError(s.t, err)
	gid, err := strconv.Atoi(nobody.Gid)
	require.NoError(s.t, err)
	require.NoError(s.t, os.Chown(s.dir, uid, gid))
	return account{&syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nobody.Username}
}

// cmd returns a command in the folder of the server, with a small environment.
func (s *Server) newCommand(as account, env []string, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = s.dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=" + s.dir}, env...)
	cmd.SysProcAttr = as.attr
	return cmd
}

// run runs a command to its end.
func (s *Server) run(cmd *exec.Cmd) {
	s.t.Helper()
	output, err := cmd.CombinedOutput()
	require.NoError(s.t, err, "%s: %s", cmd, output)
}
