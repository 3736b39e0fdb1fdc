// Package web is the HTTP server that all programs of the process benchmark run.
package web

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
)

// ReadyKey is the variable of the environment that has the descriptor of a pipe. A program writes a byte to it once it
// listens.
const ReadyKey = "BENCH_READY"

// New returns a server that has not begun to listen.
func New() *http.Server {
	return &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "hello")
	})}
}

// Listen binds a free port, and tells that the program listens.
func Listen() (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	if fd, err := strconv.Atoi(os.Getenv(ReadyKey)); err == nil {
		ready := os.NewFile(uintptr(fd), ReadyKey)
		_, err = ready.Write([]byte{1})
		return l, errors.Join(err, ready.Close())
	}
	return l, nil
}

// Serve is Serve of server, without the error of a server that was shut down.
func Serve(server *http.Server, l net.Listener) error {
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
