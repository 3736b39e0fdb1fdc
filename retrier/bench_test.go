package retrier_test

import (
	"context"
	"testing"

	"github.com/cenkalti/backoff/v4"

	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// BenchmarkFirstTry is what a Start costs that succeeds at once.
func BenchmarkFirstTry(b *testing.B) {
	db := runner.NewResource("db", nil, nil)
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()

	b.Run("bare", func(b *testing.B) {
		start(b, ctx, func() runner.Resource { return db })
	})
	b.Run("retrier", func(b *testing.B) {
		builder := retrier.New()
		start(b, ctx, func() runner.Resource { return builder.Build(db) })
	})
	b.Run("retrier with a backoff", func(b *testing.B) {
		builder := retrier.New().Backoff(backoff.NewExponentialBackOff())
		start(b, ctx, func() runner.Resource { return builder.Build(db) })
	})
	b.Run("backoff.Retry", func(b *testing.B) {
		b.ReportAllocs()
		pauses := backoff.WithContext(backoff.NewExponentialBackOff(), ctx)
		for b.Loop() {
			if err := backoff.Retry(func() error { return db.Start(ctx) }, pauses); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// start starts resources that are built where that doesn't count.
func start(b *testing.B, ctx context.Context, build func() runner.Resource) {
	resources := make([]runner.Resource, 1000)
	b.ReportAllocs()
	for i := range b.N {
		if i%len(resources) == 0 {
			b.StopTimer()
			for j := range resources {
				resources[j] = build()
			}
			b.StartTimer()
		}
		if err := resources[i%len(resources)].Start(ctx); err != nil {
			b.Fatal(err)
		}
	}
}
