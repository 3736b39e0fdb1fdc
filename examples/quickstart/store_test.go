package main

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"
)

func TestStore(t *testing.T) {
	t.Run("keeps links when it is started again", func(t *testing.T) {
		store := newStore(t)
		link, err := store.Add(t.Context(), "https://go.dev")
		require.NoError(t, err)
		require.NoError(t, store.Stop(t.Context()))
		require.NoError(t, store.Start(t.Context()))
		found, err := store.Get(t.Context(), link.ID)
		require.NoError(t, err)
		require.Equal(t, link, found)
	})

	t.Run("takes another id when one is taken", func(t *testing.T) {
		store := newStore(t)
		ids := []string{"aaaaaaaa", "aaaaaaaa", "aaaaaaaa", "bbbbbbbb"}
		store.newID = func() string {
			id := ids[0]
			ids = ids[1:]
			return id
		}
		first, err := store.Add(t.Context(), "https://go.dev/1")
		require.NoError(t, err)
		second, err := store.Add(t.Context(), "https://go.dev/2")
		require.NoError(t, err)
		links, err := store.List(t.Context(), 10)
		require.NoError(t, err)
		require.Equal(t, []Link{{"bbbbbbbb", "https://go.dev/2"}, {"aaaaaaaa", "https://go.dev/1"}}, links)
		require.Equal(t, []Link{second, first}, links)
	})

	t.Run("gives up when all ids are taken", func(t *testing.T) {
		store := newStore(t)
		store.newID = func() string { return "aaaaaaaa" }
		_, err := store.Add(t.Context(), "https://go.dev")
		require.NoError(t, err)
		_, err = store.Add(t.Context(), "https://go.dev")
		require.EqualError(t, err, "add link: no free id")
	})

	t.Run("stops waiting when the context ends", func(t *testing.T) {
		store := newStore(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := store.List(ctx, 10)
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestStoreStart(t *testing.T) {
	start := func(t *testing.T, url string) (*Store, error) {
		t.Helper()
		t.Setenv("DATABASE_URL", url)
		store := NewStore()
		require.NoError(t, store.Load(t.Context()))
		return store, store.Start(t.Context())
	}
	requirePermanent := func(t *testing.T, err error, text string) {
		t.Helper()
		var permanent *backoff.PermanentError
		require.ErrorAs(t, err, &permanent)
		require.ErrorContains(t, err, text)
		require.NotContains(t, err.Error(), "\n")
	}

	t.Run("opens links.db by default", func(t *testing.T) {
		t.Chdir(t.TempDir())
		store, err := start(t, "")
		require.NoError(t, err)
		require.NoError(t, store.Stop(t.Context()))
		require.FileExists(t, "links.db")
	})

	t.Run("opens files whatever their names", func(t *testing.T) {
		t.Chdir(t.TempDir())
		for url, file := range map[string]string{
			"sqlite:a b?c%20#d":                          "a b?c%20#d",
			"file:e%20f.db":                              "e f.db",
			"file:g.db?_pragma=foreign_keys(1)":          "g.db",
			"file:" + filepath.Join(t.TempDir(), "h.db"): "",
		} {
			store, err := start(t, url)
			require.NoError(t, err, url)
			require.NoError(t, store.Stop(t.Context()))
			if file != "" {
				require.FileExists(t, file)
			}
		}
	})

	t.Run("fails for good when the file cannot be opened", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "missing", "links.db")
		_, err := start(t, "sqlite:"+path)
		requirePermanent(t, err, `SQLite database "`+path+`": `)
		_, err = start(t, "sqlite:"+t.TempDir())
		requirePermanent(t, err, "unable to open database file")
	})

	t.Run("fails for good when the file cannot be written", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "links.db")
		store, err := start(t, "sqlite:"+path)
		require.NoError(t, err)
		require.NoError(t, store.Stop(t.Context()))
		_, err = start(t, "file:"+path+"?mode=ro")
		requirePermanent(t, err, "attempt to write a readonly database")
	})

	t.Run("fails for good when the file is something else", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "links.db")
		require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("no database ", 100)), 0o600))
		_, err := start(t, "sqlite:"+path)
		requirePermanent(t, err, "file is not a database")
	})

	t.Run("may be tried again when the file is locked", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "links.db")
		other, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
		require.NoError(t, err)
		defer other.Close()
		tx, err := other.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		cause, permanent := explainSQLite(ctx.Err())
		require.Equal(t, context.Canceled, cause)
		require.False(t, permanent)
		_, err = start(t, "file:"+path+"?_pragma=busy_timeout(1)")
		require.ErrorContains(t, err, "database is locked")
		var final *backoff.PermanentError
		require.NotErrorAs(t, err, &final)
		require.NoError(t, tx.Rollback())
	})
}

func TestParseDatabase(t *testing.T) {
	t.Run("refuses what is no database", func(t *testing.T) {
		for _, url := range []string{"links.db", "mysql://user:hunter2@host/db", ":", "hunter2"} {
			_, err := parseDatabase(url)
			require.EqualError(t, err, `it has to begin with "sqlite:", "file:" or "postgres://"`)
		}
		_, err := parseDatabase("sqlite:")
		require.EqualError(t, err, "sqlite: needs the path of a file")
	})

	t.Run("names the place of a PostgreSQL database", func(t *testing.T) {
		for url, name := range map[string]string{
			"postgres://user:hunter2@db.example.com:5433/links":       "PostgreSQL database at db.example.com:5433",
			"postgresql://db.example.com/links":                       "PostgreSQL database at db.example.com:5432",
			"postgres://user:hunter2@[::1]/links":                     "PostgreSQL database at [::1]:5432",
			"postgres://user:p%40%2F%3F%23@db.example.com/":           "PostgreSQL database at db.example.com:5432",
			"postgres://user:hunter2@/links?host=/var/run/postgresql": "PostgreSQL database at /var/run/postgresql:5432",
		} {
			database, err := parseDatabase(url)
			require.NoError(t, err, url)
			require.Equal(t, name, database.name)
		}
	})

	t.Run("never says a part of a password", func(t *testing.T) {
		for _, password := range []string{
			"se@cret", "se/cret", "se?cret", "se#cret", "se:cret", "se%cret", "se cret", "se\ncret", "se[cret",
			"1/cret", "1#cret", "1?cret", "1@cret", "1/@cret", "@cret", "/cret", "cret@", "cret@/", "@@cret", "%40/cret",
		} {
			database, err := parseDatabase("postgres://user:" + password + "@db.example.com:5432/links")
			if err != nil {
				require.Equal(t, errPostgresURL, err)
				continue
			}
			require.Equal(t, "PostgreSQL database at db.example.com:5432", database.name)
		}
	})
}

func TestRandomID(t *testing.T) {
	used := map[rune]bool{}
	for range 1000 {
		id := randomID()
		require.True(t, isID(id), id)
		for _, char := range id {
			used[char] = true
		}
	}
	require.Len(t, used, len(alphabet))
	require.False(t, isID("aaaaaaa"))
	require.False(t, isID("aaaaaaa-"))
}
