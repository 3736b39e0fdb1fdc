package main

import (
	"bufio"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

const password = "correct/horse@battery"

// postgresServer runs a PostgreSQL server for the test, and returns the folder
// of its socket. The user is "app", the password is password.
func postgresServer(t *testing.T) string {
	t.Helper()
	bin := postgresPrograms(t)
	dir, err := os.MkdirTemp("", "pg") //nolint:usetesting // another user must reach it, and a socket needs a short path
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	identity := unprivileged(t, dir)
	data, secret := filepath.Join(dir, "data"), filepath.Join(dir, "password")
	require.NoError(t, os.WriteFile(secret, []byte(password), 0o644)) // the folder is private

	initdb := command(dir, identity, filepath.Join(bin, "initdb"), "--pgdata="+data, "--username=app",
		"--pwfile="+secret, "--auth=scram-sha-256", "--no-sync", "--no-locale", "--encoding=UTF8")
	output, err := initdb.CombinedOutput()
	require.NoError(t, err, "%s", output)

	server := command(dir, identity, filepath.Join(bin, "postgres"), "-D", data, "-k", dir,
		"-F", "-c", "listen_addresses=")
	stderr, err := server.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	lines := bufio.NewScanner(stderr)
	drained := make(chan struct{})
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGINT) // a "fast" stop, that waits for nobody
		<-drained
		_ = server.Wait()
	})
	ready := false
	for !ready && lines.Scan() {
		ready = strings.Contains(lines.Text(), "ready to accept connections")
	}
	go func() {
		defer close(drained)
		for lines.Scan() {
		}
	}()
	require.True(t, ready, "postgres has not become ready")
	return dir
}

// postgresPrograms returns the folder of initdb and postgres.
func postgresPrograms(t *testing.T) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if initdb, err := exec.LookPath("initdb"); err == nil {
		found = append(found, initdb)
	}
	if len(found) > 0 {
		return filepath.Dir(found[0])
	}
	const missing = "the package postgresql is not installed"
	if os.Getenv("SERVICES_REQUIRED") == "1" {
		require.FailNow(t, missing)
	}
	t.Skip(missing)
	return ""
}

// unprivileged gives dir to another user when the test runs as root, as whom
// PostgreSQL refuses to run.
func unprivileged(t *testing.T, dir string) *syscall.SysProcAttr {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	require.NoError(t, err)
	uid, err := strconv.Atoi(account.Uid)
	require.NoError(t, err)
	gid, err := strconv.Atoi(account.Gid)
	require.NoError(t, err)
	require.NoError(t, os.Chown(dir, uid, gid))
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

func command(dir string, identity *syscall.SysProcAttr, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.SysProcAttr = identity
	return cmd
}

func TestProgramOnPostgreSQL(t *testing.T) {
	socket := postgresServer(t)
	url := func(password, database string) string {
		return "DATABASE_URL=postgres://app:" + password + "@/" + database + "?host=" + socket
	}
	encoded := strings.NewReplacer("/", "%2F", "@", "%40").Replace(password)

	t.Run("keeps links when it is started again", func(t *testing.T) {
		first := launch(t, t.TempDir(), anyPort, url(encoded, "postgres"))
		link := shorten(t, first.url(t), "https://go.dev")
		require.Equal(t, link, fetch[Link](t, first.url(t)+"/links/"+link.ID))
		first.stop(t, syscall.SIGTERM)

		second := launch(t, t.TempDir(), anyPort, url(encoded, "postgres"))
		newer := shorten(t, second.url(t), "https://pkg.go.dev")
		require.Equal(t, []Link{newer, link}, fetch[[]Link](t, second.url(t)+"/links"))
		second.stop(t, syscall.SIGTERM)
	})

	t.Run("starts many at once on an empty database", func(t *testing.T) {
		var programs []*program
		for range 3 {
			programs = append(programs, launch(t, t.TempDir(), anyPort, url(encoded, "template1")))
		}
		for _, p := range programs {
			shorten(t, p.url(t), "https://go.dev")
		}
		require.Len(t, fetch[[]Link](t, programs[0].url(t)+"/links"), len(programs))
		for _, p := range programs {
			p.stop(t, syscall.SIGTERM)
		}
	})

	t.Run("does not try a wrong password again", func(t *testing.T) {
		output := requireFailure(t, launch(t, t.TempDir(), anyPort, url("hunter2", "postgres")),
			`^quickstart: start "store": PostgreSQL database at .*: FATAL: password authentication failed for user "app" \(SQLSTATE 28P01\)$`)
		requireOneAttempt(t, output)
		require.NotContains(t, output, "hunter2")
	})

	t.Run("does not try a database again that does not exist", func(t *testing.T) {
		output := requireFailure(t, launch(t, t.TempDir(), anyPort, url(encoded, "nope")),
			`^quickstart: start "store": PostgreSQL database at .*: FATAL: database "nope" does not exist \(SQLSTATE 3D000\)$`)
		requireOneAttempt(t, output)
	})

	t.Run("takes another id when one is taken", func(t *testing.T) {
		t.Setenv("DATABASE_URL", strings.TrimPrefix(url(encoded, "postgres"), "DATABASE_URL="))
		store := NewStore()
		require.NoError(t, store.Load(t.Context()))
		require.NoError(t, store.Start(t.Context()))
		ids := []string{"aaaaaaaa", "aaaaaaaa", "bbbbbbbb"}
		store.newID = func() string {
			id := ids[0]
			ids = ids[1:]
			return id
		}
		for range 2 {
			_, err := store.Add(t.Context(), "https://go.dev")
			require.NoError(t, err)
		}
		_, err := store.Get(t.Context(), "bbbbbbbb")
		require.NoError(t, err)
		require.NoError(t, store.Stop(t.Context()))
	})
}
