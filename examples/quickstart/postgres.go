package main

import (
	"database/sql"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const postgresSchema = `CREATE TABLE IF NOT EXISTS links (
	seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id  TEXT NOT NULL UNIQUE,
	url TEXT NOT NULL
)`

// connectTimeout is for one attempt, unless the URL says otherwise.
const connectTimeout = 2 * time.Second

// errPostgresURL says nothing of the URL: a password with special characters
// can end up in any part of it, and so in the errors of its parser.
var errPostgresURL = errors.New("not a valid URL; it has to read postgres://user:password@host:port/database," +
	" with special characters percent-encoded")

func postgres(url string) (*database, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil || isAmbiguous(url) {
		return nil, errPostgresURL
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	place := net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
	return &database{
		name:    fmt.Sprintf("PostgreSQL database at %s", place),
		open:    func() *sql.DB { return stdlib.OpenDB(*config) },
		schema:  postgresSchema,
		explain: explainPostgres,
	}, nil
}

// isAmbiguous reports whether url has characters in the user or password that
// have to be percent-encoded: it would be understood in another way than meant,
// with a part of the password as the host or database.
func isAmbiguous(url string) bool {
	_, rest, _ := strings.Cut(url, "://")
	user, place, found := strings.Cut(rest, "@")
	if !found {
		user, place = "", rest
	}
	return strings.ContainsAny(user, "/?#") || strings.ContainsAny(place, "@#")
}

// explainPostgres calls permanent what an administrator has to change.
func explainPostgres(err error) (cause error, permanent bool) {
	if answer, ok := errors.AsType[*pgconn.PgError](err); ok {
		const noPrivilege = "42501"
		class := answer.Code[:min(2, len(answer.Code))]
		return answer, slices.Contains([]string{"28", "3D", "3F"}, class) || answer.Code == noPrivilege
	}
	if network, ok := errors.AsType[*net.OpError](err); ok {
		return network, false
	}
	if lookup, ok := errors.AsType[*net.DNSError](err); ok {
		return lookup, false
	}
	return errors.New(strings.Join(strings.Fields(err.Error()), " ")), false
}
