package dashboard_test

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/dashboard"
	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

// site serves a dashboard to a browser.
type site struct {
	url      string
	requests chan string // the queries, and "" for the page
}

func newSite(t *testing.T, tl *timeline.Timeline) site {
	t.Helper()
	h := dashboard.New(tl)
	requests := make(chan string, 1000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case requests <- r.Method + " " + r.URL.Path + " " + r.URL.RawQuery:
		default:
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return site{server.URL + "/services", requests}
}

// waits waits for requests, in any order. Others are passed over.
func (s site) waits(t *testing.T, queries ...string) {
	t.Helper()
	missing := map[string]int{}
	for _, query := range queries {
		missing["GET /services "+query]++
	}
	limit := time.After(2 * time.Minute)
	for len(missing) > 0 {
		select {
		case request := <-s.requests:
			if missing[request]--; missing[request] <= 0 {
				delete(missing, request)
			}
		case <-limit:
			require.Fail(t, "no request came", "%v", missing)
		}
	}
}

// browser starts a headless Chromium without network, and ends it with the test. It says what it refused.
func browser(t *testing.T, flags ...string) (cmd *exec.Cmd, log *bytes.Buffer) {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		require.NotEqual(t, "1", os.Getenv("SERVICES_REQUIRED"), "chromium is not installed: it is in the package chromium")
		t.Skip("chromium is not installed: it is in the package chromium")
	}
	var b bytes.Buffer
	profile, err := os.MkdirTemp("", "chromium") //nolint:usetesting // its processes may write there after it has ended
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(profile) })
	cmd = exec.CommandContext(t.Context(), program, append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--user-data-dir=" + profile,
	}, flags...)...)
	cmd.Stderr, cmd.WaitDelay = &b, time.Second
	return cmd, &b
}

// open opens a page, and keeps it open until the test has ended.
func open(t *testing.T, url string, flags ...string) (said func() string) {
	t.Helper()
	cmd, log := browser(t, append(flags, "--remote-debugging-port=0", url)...)
	require.NoError(t, cmd.Start())
	ended := false
	said = func() string {
		if !ended {
			ended = true
			_ = cmd.Process.Kill()
			_ = cmd.Wait() // it was killed
		}
		return log.String()
	}
	t.Cleanup(func() { said() })
	return said
}

func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes seconds to start")
	}
	t.Run("follows the application", func(t *testing.T) {
		tl := timeline.New()
		r := newRunner(tl)
		require.NoError(t, r.Start(t.Context(), resource(hostile)))
		s := newSite(t, tl)
		said := open(t, s.url)
		s.waits(t, "", "style", "script", "events")
		s.waits(t, "") // the first event
		require.NoError(t, r.Start(t.Context(), resource("cache")))
		s.waits(t, "")
		require.NoError(t, r.Finish(t.Context()))
		s.waits(t, "")
		require.NotRegexp(t, `(?i)refused to|content security policy|CONSOLE`, said())
	})

	t.Run("loads anew without JavaScript", func(t *testing.T) {
		s := newSite(t, timeline.New()) // nothing has started, so a page lasts 2 s
		open(t, s.url, "--blink-settings=scriptEnabled=false")
		s.waits(t, "", "style")
		s.waits(t, "")
	})

	t.Run("is light or dark", func(t *testing.T) {
		var services []runner.Service
		for i := range 300 {
			services = append(services, resource(fmt.Sprintf("service %d", i)))
		}
		s := newSite(t, start(t, services...))
		for scheme, want := range map[string]color.RGBA{
			"1": {0xff, 0xff, 0xff, 0xff}, "0": {0x0d, 0x11, 0x17, 0xff}, // the numbers are those of Blink
		} {
			for _, size := range []string{"1280,900", "400,800"} {
				file := filepath.Join(t.TempDir(), "page.png")
				cmd, log := browser(t, "--blink-settings=preferredColorScheme="+scheme, "--window-size="+size,
					"--timeout=2000", "--screenshot="+file, s.url)
				require.NoError(t, cmd.Run(), log)
				picture, err := os.Open(file)
				require.NoError(t, err, log)
				shown, err := png.Decode(picture)
				require.NoError(t, err)
				require.NoError(t, picture.Close())
				require.Equal(t, want, color.RGBAModel.Convert(shown.At(2, 2)), "%s %s", scheme, size)
			}
		}
	})
}
