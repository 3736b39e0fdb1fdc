//go:build unix

package realserver

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// User and Password are the login of every server that has one. A URL has the password as [PasswordInURL].
const (
	User          = "app"
	Password      = "s3cr3t-%40"
	PasswordInURL = "s3cr3t-%2540"
)

// Postgres returns a PostgreSQL server that is not started, with the database "postgres".
func Postgres(t testing.TB) *Server {
	t.Helper()
	bin := filepath.Dir(program(t, "postgresql", "/usr/lib/postgresql/*/bin/initdb", "initdb"))
	s := newServer(t, "postgres")
	as := s.unprivileged()
	data, secret := filepath.Join(s.dir, "data"), filepath.Join(s.dir, "password")
	require.NoError(t, os.WriteFile(secret, []byte(Password), 0o644)) //nolint:gosec // the folder is private
	s.run(s.newCommand(as, nil, filepath.Join(bin, "initdb"), "--pgdata="+data, "--username="+User,
		"--pwfile="+secret, "--auth=scram-sha-256", "--no-sync", "--no-locale", "--encoding=UTF8"))
	s.stop = syscall.SIGINT // at once: it waits for nobody
	s.command = func() *exec.Cmd {
		return s.newCommand(as, nil, filepath.Join(bin, "postgres"), "-D", data, "-k", s.dir, "-F",
			"-c", "listen_addresses=127.0.0.1", "-p", strconv.Itoa(s.Port()))
	}
	s.ready = func(ctx context.Context, addr string) error {
		host, port, _ := net.SplitHostPort(addr)
		return exec.CommandContext(ctx, filepath.Join(bin, "pg_isready"), "-h", host, "-p", port).Run()
	}
	return s
}

// PostgresURL returns the URL of its database.
func (s *Server) PostgresURL() string {
	return fmt.Sprintf("postgres://%s:%s@%s/postgres?sslmode=disable", User, PasswordInURL, s.addr)
}

// MariaDB returns a MariaDB server that is not started, with the database "test".
func MariaDB(t testing.TB) *Server {
	t.Helper()
	server := program(t, "mariadb-server", "mariadbd", "/usr/sbin/mariadbd")
	install := program(t, "mariadb-server", "mariadb-install-db")
	s := newServer(t, "mariadb")
	as := s.unprivileged()
	data, setup := filepath.Join(s.dir, "data"), filepath.Join(s.dir, "setup.sql")
	s.run(s.newCommand(as, nil, install, "--no-defaults", "--datadir="+data, "--skip-test-db",
		"--auth-root-authentication-method=normal", "--user="+as.name))
	require.NoError(t, os.WriteFile(setup, fmt.Appendf(nil,
		"CREATE DATABASE IF NOT EXISTS test;\nCREATE USER IF NOT EXISTS %[1]s@'127.0.0.1' IDENTIFIED BY '%[2]s';\nGRANT ALL ON test.* TO %[1]s@'127.0.0.1';\n",
		User, Password), 0o644)) //nolint:gosec // the folder is private
	s.command = func() *exec.Cmd {
		return s.newCommand(as, nil, server, "--no-defaults", "--datadir="+data, "--bind-address=127.0.0.1",
			"--port="+strconv.Itoa(s.Port()), "--socket="+filepath.Join(s.dir, "s"), "--init-file="+setup, "--skip-name-resolve",
			"--innodb-flush-log-at-trx-commit=0", "--innodb-log-file-size=4M", "--user="+as.name)
	}
	s.ready = func(ctx context.Context, addr string) error {
		return talk(ctx, addr, "", func(answer []byte) bool { return bytes.Contains(answer, []byte("MariaDB")) })
	}
	return s
}

// MariaDBDSN returns the data source name of its database for github.com/go-sql-driver/mysql.
func (s *Server) MariaDBDSN() string {
	return fmt.Sprintf("%s:%s@tcp(%s)/test", User, Password, s.addr)
}

// Redis returns a Redis server that is not started. The user "default" has the [Password].
func Redis(t testing.TB) *Server {
	t.Helper()
	server := program(t, "redis-server", "redis-server")
	s := newServer(t, "redis")
	s.command = func() *exec.Cmd {
		return s.newCommand(account{}, nil, server, "--bind", "127.0.0.1", "--port", strconv.Itoa(s.Port()), "--dir", s.dir,
			"--save", "", "--requirepass", Password)
	}
	s.ready = func(ctx context.Context, addr string) error {
		return talk(ctx, addr, "PING\r\n", func(answer []byte) bool { return bytes.HasPrefix(answer, []byte("-NOAUTH")) })
	}
	return s
}

// RedisURL returns its URL.
func (s *Server) RedisURL() string { return fmt.Sprintf("redis://:%s@%s/0", PasswordInURL, s.addr) }

// NATS returns a NATS server with JetStream that is not started.
func NATS(t testing.TB) *Server {
	t.Helper()
	server := program(t, "nats-server", "nats-server", "/usr/sbin/nats-server")
	s := newServer(t, "nats")
	s.command = func() *exec.Cmd {
		return s.newCommand(account{}, nil, server, "--addr", "127.0.0.1", "--port", strconv.Itoa(s.Port()), "--jetstream",
			"--store_dir", s.dir, "--user", User, "--pass", Password)
	}
	s.ready = func(ctx context.Context, addr string) error {
		return talk(ctx, addr, "", func(answer []byte) bool { return bytes.HasPrefix(answer, []byte("INFO ")) })
	}
	return s
}

// NATSURL returns its URL.
func (s *Server) NATSURL() string { return fmt.Sprintf("nats://%s:%s@%s", User, PasswordInURL, s.addr) }

var nodes atomic.Int32

// RabbitMQ returns a RabbitMQ server that is not started.
func RabbitMQ(t testing.TB) *Server {
	t.Helper()
	server := program(t, "rabbitmq-server", "/usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server")
	s := newServer(t, "rabbit")
	_, epmd, err := net.SplitHostPort(FreeAddr(t))
	require.NoError(t, err)
	_, dist, err := net.SplitHostPort(FreeAddr(t))
	require.NoError(t, err)
	conf := filepath.Join(s.dir, "rabbitmq.conf")
	definitions := filepath.Join(s.dir, "definitions.json")
	require.NoError(t, os.WriteFile(conf, fmt.Appendf(nil,
		"listeners.tcp.1 = %s\nload_definitions = %s\nlog.console = true\nlog.console.level = error\n", s.addr, definitions), 0o600))
	require.NoError(t, os.WriteFile(definitions, fmt.Appendf(nil, `{"vhosts": [{"name": "/"}],
		"users": [{"name": %[1]q, "password": %[2]q, "tags": "administrator"}],
		"permissions": [{"user": %[1]q, "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}]}`, User, Password), 0o600))
	plugins := filepath.Join(s.dir, "plugins")
	require.NoError(t, os.WriteFile(plugins, []byte("[].\n"), 0o600))
	env := []string{
		fmt.Sprintf("RABBITMQ_NODENAME=test%d-%d@localhost", os.Getpid(), nodes.Add(1)),
		"RABBITMQ_CONFIG_FILE=" + conf, "RABBITMQ_ENABLED_PLUGINS_FILE=" + plugins, "RABBITMQ_MNESIA_BASE=" + s.dir,
		"RABBITMQ_LOG_BASE=" + s.dir, "RABBITMQ_PID_FILE=" + filepath.Join(s.dir, "pid"), "RABBITMQ_DIST_PORT=" + dist,
		"ERL_EPMD_PORT=" + epmd, "ERL_EPMD_ADDRESS=127.0.0.1", "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=+S 2:2 +sbwt none", "RABBITMQ_CONF_ENV_FILE=/dev/null",
	}
	t.Cleanup(func() { _ = s.newCommand(account{}, env, "epmd", "-port", epmd, "-kill").Run() })
	s.command = func() *exec.Cmd { return s.newCommand(account{}, env, server) }
	s.ready = func(ctx context.Context, addr string) error {
		return talk(ctx, addr, "AMQP\x00\x00\x09\x01", func(answer []byte) bool { return answer[0] == 1 })
	}
	return s
}

// AMQPURL returns its URL.
func (s *Server) AMQPURL() string {
	return fmt.Sprintf("amqp://%s:%s@%s/", User, PasswordInURL, s.addr)
}

// addrKey is the variable in which [Self] gives the test binary its address.
const addrKey = "REALSERVER_ADDR"

// Self returns the test binary as a server that is not started, for what there is no program of: [ServeSelf] runs there.
func Self(t testing.TB) *Server {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	s := newServer(t, "self")
	s.command = func() *exec.Cmd {
		return s.newCommand(account{}, []string{addrKey + "=" + s.addr, "GORACE=atexit_sleep_ms=0"}, self)
	}
	s.ready = func(ctx context.Context, addr string) error {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err != nil {
			return err
		}
		return conn.Close()
	}
	return s
}

// ServeSelf belongs into TestMain. In a process that [Self] has started it calls serve with the address, and ends the process when that
// returns or at a SIGTERM; in any other it does nothing.
func ServeSelf(serve func(addr string) error) {
	addr := os.Getenv(addrKey)
	if addr == "" {
		return
	}
	if err := serve(addr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// talk sends a text to a server, and asks whether its answer is a good one.
func talk(ctx context.Context, addr, text string, isGood func(answer []byte) bool) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if _, err := io.WriteString(conn, text); err != nil {
		return err
	}
	answer := make([]byte, 200)
	n, err := bufio.NewReader(conn).Read(answer)
	if err != nil {
		return err
	}
	if !isGood(answer[:n]) {
		return fmt.Errorf("it answers %q", strings.ToValidUTF8(string(answer[:n]), "?"))
	}
	return nil
}
