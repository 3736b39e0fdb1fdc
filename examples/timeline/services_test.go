package main

import (
	"testing"

	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

func TestServices(t *testing.T) {
	t.Parallel()
	for name, newResource := range map[string]func() runner.Resource{
		"secrets":    func() runner.Resource { return newSecrets() },
		"postgres":   func() runner.Resource { return newPostgres(nil) },
		"migrations": func() runner.Resource { return newMigrations(nil) },
		"redis":      func() runner.Resource { return newRedis(nil) },
		"kafka":      func() runner.Resource { return newKafka(nil) },
		"search":     func() runner.Resource { return newSearch() },
	} {
		t.Run(name+" keeps the contract of a Resource", func(t *testing.T) {
			t.Parallel()
			runnertest.TestResource(t, func(*testing.T) runner.Resource { return newResource() })
		})
	}
	for name, newServer := range map[string]func() runner.Server{
		"http":     func() runner.Server { return newHTTP(nil, nil) },
		"grpc":     func() runner.Server { return newGRPC(nil) },
		"consumer": func() runner.Server { return newConsumer(nil, nil) },
	} {
		t.Run(name+" keeps the contract of a Server", func(t *testing.T) {
			t.Parallel()
			runnertest.TestServer(t, func(*testing.T) runner.Server { return newServer() })
		})
	}
}
