package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/go-fxservices/services/runner"
)

// Link is a shortened URL.
type Link struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

var errNilContext = errors.New("nil context")

// ErrNotFound is returned for an id that no link has.
var ErrNotFound = errors.New("not found")

// Store keeps links in a database. It is a Resource: its methods can be used
// from Start until Stop.
type Store struct {
	database *database
	newID    func() string

	mu      sync.Mutex // one Start or Stop at a time
	started bool
	db      *sql.DB // closed once it is stopped
}

// NewStore returns a Store that is not connected yet.
func NewStore() *Store { return &Store{newID: randomID} }

// Name returns "store".
func (*Store) Name() string { return "store" }

// Load reads DATABASE_URL.
func (s *Store) Load(context.Context) (err error) {
	s.database, err = parseDatabase(getenv("DATABASE_URL", "sqlite:links.db"))
	if err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	return nil
}

// Start connects to the database and creates its table. An error that another
// attempt would meet again is permanent to the retrier.
func (s *Store) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case ctx == nil:
		return errNilContext
	case s.started:
		return runner.ErrAlreadyStarted
	}
	db, err := s.database.connect(ctx)
	if err != nil {
		return err
	}
	s.db, s.started = db, true
	return nil
}

// Stop waits for the queries that run and closes the database. Without one there is nothing to do.
func (s *Store) Stop(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.started {
		return nil
	}
	s.started = false
	return s.db.Close()
}

// maxCollisions is out of reach with random ids.
const maxCollisions = 10

// Add stores url under an id that no other link has.
func (s *Store) Add(ctx context.Context, url string) (Link, error) {
	for range maxCollisions {
		link := Link{ID: s.newID(), URL: url}
		added, err := s.insert(ctx, link)
		if err != nil {
			return Link{}, fmt.Errorf("add link: %w", err)
		}
		if added {
			return link, nil
		}
	}
	return Link{}, errors.New("add link: no free id")
}

// insert returns false if the id is taken.
func (s *Store) insert(ctx context.Context, link Link) (bool, error) {
	const query = `INSERT INTO links (id, url) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`
	result, err := s.db.ExecContext(ctx, query, link.ID, link.URL)
	if err != nil {
		return false, err
	}
	rows, err := result.RowsAffected()
	return rows == 1, err
}

// Get returns the link with id, or [ErrNotFound].
func (s *Store) Get(ctx context.Context, id string) (Link, error) {
	link := Link{ID: id}
	err := s.db.QueryRowContext(ctx, `SELECT url FROM links WHERE id = $1`, id).Scan(&link.URL)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Link{}, ErrNotFound
	case err != nil:
		return Link{}, fmt.Errorf("get link: %w", err)
	}
	return link, nil
}

// List returns the newest links, newest first.
func (s *Store) List(ctx context.Context, limit int) ([]Link, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, url FROM links ORDER BY seq DESC LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	defer rows.Close()
	links := []Link{} // in JSON an empty list, not null
	for rows.Next() {
		var link Link
		if err := rows.Scan(&link.ID, &link.URL); err != nil {
			return nil, fmt.Errorf("list links: %w", err)
		}
		links = append(links, link)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	return links, nil
}
