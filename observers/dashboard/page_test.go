package dashboard_test

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/dashboard"
	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

var (
	tag     = regexp.MustCompile(`<[^>]*>`)
	rowText = regexp.MustCompile(`(?s)<tr id="s\d+">(.*?)</tr>`)
	cell    = regexp.MustCompile(`(?s)<t[hd][^>]*>(.*?)</t[hd]>`)
)

// rows returns the table: the cells of a row are parted by |.
func rows(page string) (rows []string) {
	for _, row := range rowText.FindAllStringSubmatch(page, -1) {
		var cells []string
		for _, c := range cell.FindAllStringSubmatch(row[1], -1) {
			cells = append(cells, html.UnescapeString(tag.ReplaceAllString(c[1], "")))
		}
		rows = append(rows, strings.Join(cells, "|"))
	}
	return rows
}

// text returns what the element with an id says.
func text(t *testing.T, page, id string) string {
	t.Helper()
	_, after, found := strings.Cut(page, ` id="`+id+`"`)
	require.True(t, found, id)
	_, after, _ = strings.Cut(after, ">")
	inside, _, _ := strings.Cut(after, "</p>")
	return html.UnescapeString(tag.ReplaceAllString(inside, ""))
}

func TestPage(t *testing.T) {
	t.Run("follows services from their start to their stop", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			tl := timeline.New()
			r := newRunner(tl)
			slow := func(ctx context.Context) error { return sleep(ctx, 3*time.Second) }
			done := make(chan error, 1)
			attempts := 0
			flaky := retrier.New().Backoff(backoff.NewConstantBackOff(time.Second)).Build(runner.NewResource("flaky",
				func(context.Context) error {
					if attempts++; attempts < 3 {
						return errSecret
					}
					return nil
				}, nothing))
			go func() { done <- r.Start(t.Context(), flaky, runner.NewResource("db", slow, slow), resource("cache")) }()
			time.Sleep(1500 * time.Millisecond)
			require.Equal(t, []string{"flaky|resource|starting|2 s|1.5 s|2||", "db|resource|waiting|2 s||||", "cache|resource|waiting|2 s||||"},
				rows(page(t, tl)))
			require.Equal(t, "0 of 3 ready · flaky starting for 2 s", text(t, page(t, tl), "summary"))
			time.Sleep(1500 * time.Millisecond)
			require.Equal(t, []string{"flaky|resource|ready|1 s|2 s|3||", "db|resource|starting|1 s|1 s|||", "cache|resource|waiting|3 s||||"},
				rows(page(t, tl)))
			require.Equal(t, "starting for 3 s", text(t, page(t, tl), "state"))
			require.NoError(t, <-done)
			require.Equal(t, "ready for <1 s", text(t, page(t, tl), "state"))
			require.Equal(t, "3 of 3 ready", text(t, page(t, tl), "summary"))
			time.Sleep(time.Hour)
			go func() { done <- r.Finish(context.Background()) }()
			time.Sleep(time.Second)
			require.Equal(t, []string{"flaky|resource|ready|1h|2 s|3||", "db|resource|stopping|1 s|3 s||1 s|", "cache|resource|stopped|1 s|0 ms||0 ms|"},
				rows(page(t, tl)))
			require.Equal(t, "stopping for 1 s", text(t, page(t, tl), "state"))
			require.NoError(t, <-done)
			require.Equal(t, "stopped for <1 s", text(t, page(t, tl), "state"))
		})
	})

	t.Run("says what failed, and why only where it may", func(t *testing.T) {
		tl := timeline.New()
		r := newRunner(tl)
		require.ErrorIs(t, r.Run(t.Context(), runner.NewResource("db", nothing, fails), runner.NewResource("cache", fails, nothing)), errSecret)
		require.NoError(t, r.Finish(t.Context()))

		plain := page(t, tl)
		require.NotContains(t, plain, "s3cr3t")
		require.Equal(t, []string{"stop failed", "start failed"}, last(rows(plain)))
		require.Contains(t, text(t, plain, "summary"), "db stop failed · cache start failed")
		require.NotContains(t, get(t, dashboard.New(tl), "/?stacks=db"), "s3cr3t")

		open := page(t, tl, dashboard.ShowErrors())
		require.Equal(t, 2, strings.Count(strings.Join(last(rows(open)), ""), errSecret.Error()))
	})

	t.Run("escapes names", func(t *testing.T) {
		tl := start(t, resource(hostile))
		text := page(t, tl)
		require.Equal(t, 1, strings.Count(text, "<script"), "its own")
		require.NotContains(t, text, "\u202e")
		require.Contains(t, text, "&lt;script&gt;alert(1)&lt;/script&gt;\\n\\u202e")
		require.Contains(t, get(t, dashboard.New(tl), "/?stacks=%3Cscript%3Ealert(1)%3C/script%3E%0A%E2%80%AE%22'%26"),
			"<h1>&lt;script&gt;alert(1)&lt;/script&gt;\\n\\u202e")
	})

	t.Run("asks nobody else", func(t *testing.T) {
		text := strings.ReplaceAll(page(t, start(t, resource("db"))), `xmlns="http://www.w3.org/2000/svg"`, "")
		require.Empty(t, regexp.MustCompile(`(?i).*(https?:|//[a-z]|@import|url\([^#]| on[a-z]+=).*`).FindString(text))
		require.NotContains(t, text, `style="`)
	})

	t.Run("shows hundreds of services", func(t *testing.T) {
		var services []runner.Service
		for i := range 300 {
			services = append(services, resource(fmt.Sprintf("service %d", i)))
		}
		text := page(t, start(t, services...))
		require.Len(t, rows(text), 300)
		require.Equal(t, 300, strings.Count(text, `class="node`))
		require.Len(t, regexp.MustCompile(`class="edge" d="M\d+ \d+C`).FindAllString(text, -1), 299)
		require.Less(t, len(text), 1<<20)
	})

	t.Run("is there before the first service", func(t *testing.T) {
		text := page(t, timeline.New())
		require.Contains(t, text, "constructing")
		require.Contains(t, text, "No service has been given to the Runner yet.")
	})

	t.Run("loads anew without JavaScript", func(t *testing.T) {
		require.Contains(t, page(t, timeline.New()), `<noscript><meta http-equiv="refresh" content="2"></noscript>`)
		require.Contains(t, page(t, start(t, resource("db"))), `<noscript><meta http-equiv="refresh" content="15"></noscript>`)
	})
}

// last returns the last cell of each row.
func last(rows []string) (cells []string) {
	for _, row := range rows {
		cells = append(cells, row[strings.LastIndex(row, "|")+1:])
	}
	return cells
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func TestRequests(t *testing.T) {
	tl := start(t, resource("db"))
	h := dashboard.New(tl, nil)

	t.Run("are answered by the query", func(t *testing.T) {
		for target, contentType := range map[string]string{
			"/services": "text/html; charset=utf-8", "/?style": "text/css; charset=utf-8", "/?script": "text/javascript; charset=utf-8",
			"/?stacks=db": "text/html; charset=utf-8",
		} {
			w := ask(h, http.MethodGet, target)
			require.Equal(t, http.StatusOK, w.Code, target)
			require.Equal(t, contentType, w.Header().Get("Content-Type"))
			require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
			require.Regexp(t, `^default-src 'none'; style-src 'self'.*; script-src 'self'; .*frame-ancestors 'none'$`,
				w.Header().Get("Content-Security-Policy"))
			require.NotEmpty(t, w.Body.String())
		}
	})

	t.Run("for what is not there are 404", func(t *testing.T) {
		for _, target := range []string{"/?stacks=redis", "/?stacks=", "/?other", "/?events&stacks=db", "/?%zz"} {
			require.Equal(t, http.StatusNotFound, ask(h, http.MethodGet, target).Code, target)
		}
	})

	t.Run("that change something are 405", func(t *testing.T) {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions} {
			w := ask(h, method, "/services")
			require.Equal(t, http.StatusMethodNotAllowed, w.Code)
			require.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
		}
		require.Equal(t, http.StatusOK, ask(h, http.MethodHead, "/services").Code)
	})

	t.Run("without a timeline are 503", func(t *testing.T) {
		require.Equal(t, http.StatusServiceUnavailable, ask(dashboard.New(nil), http.MethodGet, "/").Code)
	})
}

func TestStacks(t *testing.T) {
	t.Run("are those of the service", func(t *testing.T) {
		release, entered := make(chan struct{}), make(chan struct{})
		tl := timeline.New()
		r := newRunner(tl)
		done := make(chan error)
		go func() {
			done <- r.Start(t.Context(), runner.NewResource("stuck", func(context.Context) error {
				close(entered)
				waitHere(release)
				return nil
			}, nothing), resource("db"))
		}()
		<-entered
		require.Contains(t, get(t, dashboard.New(tl), "/?stacks=stuck"), "dashboard_test.waitHere")
		require.Contains(t, get(t, dashboard.New(tl), "/?stacks=db"), "It has no goroutines.")
		close(release)
		require.NoError(t, <-done)
		require.NoError(t, r.Finish(t.Context()))
	})
}

func waitHere(release <-chan struct{}) { <-release }

func TestGraph(t *testing.T) {
	snapshot := func(after ...[]int) timeline.Snapshot {
		s := timeline.Snapshot{}
		for i, needs := range after {
			s.Services = append(s.Services, timeline.Service{Name: fmt.Sprint(i), After: needs})
		}
		return s
	}
	for name, test := range map[string]struct {
		s      timeline.Snapshot
		depths []int
	}{
		"a sequence":                {snapshot(nil, []int{0}, []int{1}), []int{0, 1, 2}},
		"one behind another":        {snapshot([]int{2}, []int{0}, nil), []int{1, 2, 0}},
		"the longest way":           {snapshot(nil, []int{0}, []int{0, 1}), []int{0, 1, 2}},
		"none":                      {snapshot(nil, nil), []int{0, 0}},
		"what is not there":         {snapshot([]int{-1, 7, 0}), []int{0}},
		"a cycle, which has no end": {snapshot([]int{1}, []int{0}), []int{1, 0}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.depths, dashboard.Depths(test.s)) })
	}
}
