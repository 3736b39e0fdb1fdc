//go:build unix

package redisservice_test

import (
	"context"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/go-fxservices/services/contrib/redisservice"
	"github.com/go-fxservices/services/runner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newResource(url string) (runner.Resource, error) {
	return redisservice.New(redisservice.Config{URL: url})
}

// newAt returns a resource that has an address and a password instead of a URL.
func newAt(login string) (runner.Resource, error) {
	password, addr, _ := strings.Cut(login, "@")
	return redisservice.New(redisservice.Config{Addrs: []string{addr}, Password: password})
}

func increment(ctx context.Context, r runner.Resource) error {
	server, _ := runner.As[*redisservice.Resource](r)
	return server.Client().Incr(ctx, "times").Err()
}
