package clients

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Secrets are texts that errors must not show.
type Secrets []string

// hidden stands for a secret.
const hidden = "xxxxx"

// The places of a password in the addresses of libraries, when they are no URL, or not a good one.
var (
	urlPassword    = regexp.MustCompile(`//[^:/?#]*:(.*)@`) // a bad password may have any character
	mysqlPassword  = regexp.MustCompile(`^[^:@/]*:(.*)@`)   // user:password@tcp(...)
	namedPasswords = []*regexp.Regexp{
		regexp.MustCompile(`(?i)\b(?:password|passwd|pwd)\s*=\s*'((?:[^'\\]|\\.)*)'`),
		regexp.MustCompile(`(?i)\b(?:password|passwd|pwd)\s*=\s*([^\s;&']+)`),
		regexp.MustCompile(`(?i)[?&](?:[a-z_]*token|[a-z_]*secret[a-z_]*)=([^\s;&]+)`),
	}
)

// SecretsOf finds the passwords in addresses: URLs, good ones or not, and the data source names of SQL drivers. Each counts in all
// forms in which libraries write it.
func SecretsOf(addresses ...string) Secrets {
	var s Secrets
	for _, address := range addresses {
		first := mysqlPassword
		if strings.Contains(address, "//") {
			first = urlPassword
		}
		for _, place := range append([]*regexp.Regexp{first}, namedPasswords...) {
			for _, match := range place.FindAllStringSubmatch(address, -1) {
				s = s.with(match[1])
			}
		}
		if u, err := url.Parse(address); err == nil && u.User != nil {
			password, _ := u.User.Password()
			s = s.with(password)
		}
	}
	return s
}

// with adds a secret, such as a password that is no part of an address.
func (s Secrets) with(secret string) Secrets {
	plain := []string{secret}
	for _, decode := range []func(string) (string, error){url.PathUnescape, url.QueryUnescape} {
		if decoded, err := decode(secret); err == nil {
			plain = append(plain, decoded)
		}
	}
	var forms []string
	for _, p := range plain {
		forms = append(forms, p, url.QueryEscape(p), url.PathEscape(p), url.UserPassword("", p).String()[1:])
	}
	for _, form := range forms {
		if form != "" && !slices.Contains(s, form) {
			s = append(s, form)
		}
	}
	slices.SortStableFunc(s, func(a, b string) int { return len(b) - len(a) }) // a form may be a part of another
	return s
}

// Hide returns text with every secret replaced.
func (s Secrets) Hide(text string) string {
	for _, secret := range s {
		text = strings.ReplaceAll(text, secret, hidden)
	}
	return text
}

// Error returns err, or an error that wraps it with a text that shows no secret.
func (s Secrets) Error(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if shown := s.Hide(text); shown != text {
		return &redacted{shown, err}
	}
	return err
}

type redacted struct {
	text string
	err  error
}

func (r *redacted) Error() string { return r.text }

// Unwrap returns the error, for errors.Is and errors.As alone: its text shows a secret.
func (r *redacted) Unwrap() error { return r.err }

// BadURL returns the error of a URL that cannot be parsed, without the URL.
func BadURL(err error) error {
	if parse := (*url.Error)(nil); errors.As(err, &parse) {
		return errors.New("it is not a URL") // the cause may quote the port, which a password can look like
	}
	return err
}

// Secret returns one that is known by itself, or none if it is empty.
func Secret(secret string) Secrets { return Secrets(nil).with(secret) }
