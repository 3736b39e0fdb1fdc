package readme_test

import (
	"bytes"
	"io"
	"maps"
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

type probe struct {
	HTTPGet struct {
		Path string
		Port string
	} `yaml:"httpGet"`
	PeriodSeconds    int `yaml:"periodSeconds"`
	FailureThreshold int `yaml:"failureThreshold"`
	TimeoutSeconds   int `yaml:"timeoutSeconds"`
}

type deployment struct {
	Spec struct {
		Template struct {
			Spec struct {
				Grace      int `yaml:"terminationGracePeriodSeconds"`
				Containers []struct {
					Ports []struct {
						Name string
						Port int `yaml:"containerPort"`
					}
					Startup   probe `yaml:"startupProbe"`
					Liveness  probe `yaml:"livenessProbe"`
					Readiness probe `yaml:"readinessProbe"`
					Lifecycle any
				}
			}
		}
	}
}

// TestKubernetes keeps docs/kubernetes.md in step with its program, which it runs.
func TestKubernetes(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGTERM")
	}
	page := read(t, "docs/kubernetes.md")
	_, text, found := strings.Cut(page, "```yaml\n")
	require.True(t, found)
	text, _, _ = strings.Cut(text, "```")
	var d deployment
	require.NoError(t, yaml.Unmarshal([]byte(text), &d))
	pod := d.Spec.Template.Spec
	require.Len(t, pod.Containers, 1)
	container := pod.Containers[0]
	programs := slices.Collect(maps.Values(programs(page)))
	require.Len(t, programs, 1)
	source := programs[0]
	drain := seconds(t, source, "DrainDelay")

	t.Run("gives the program the time that it counts on", func(t *testing.T) {
		require.Equal(t, pod.Grace, seconds(t, source, "WithGracePeriod"))
		require.Less(t, drain, pod.Grace)
		require.Contains(t, page, "\n| 0 to "+strconv.Itoa(drain)+" |")
		require.Contains(t, page, "\n| "+strconv.Itoa(drain)+" |")
		require.Contains(t, page, "\n| "+strconv.Itoa(pod.Grace)+" | sends SIGKILL")
		margin := max(pod.Grace/10, 1)
		require.Contains(t, page, "\n| "+strconv.Itoa(pod.Grace-margin)+" | | what has not stopped is cut short")
	})

	t.Run("asks for what the program answers, and does not sleep", func(t *testing.T) {
		require.Nil(t, container.Lifecycle)
		for path, p := range map[string]probe{
			"/startupz": container.Startup, "/livez": container.Liveness, "/readyz": container.Readiness,
		} {
			require.Equal(t, path, p.HTTPGet.Path)
			require.Equal(t, "admin", p.HTTPGet.Port)
			require.Greater(t, p.TimeoutSeconds, 1, "a check has 1 s")
			require.Positive(t, p.PeriodSeconds)
			require.Positive(t, p.FailureThreshold)
		}
		for _, port := range container.Ports {
			require.Contains(t, source, `":`+strconv.Itoa(port.Port)+`"`, port.Name)
		}
	})

	t.Run("describes what happens", func(t *testing.T) {
		t.Parallel()
		api, ops := freeAddress(t), freeAddress(t)
		source := strings.NewReplacer(`":8080"`, strconv.Quote(api), `":8081"`, strconv.Quote(ops)).Replace(source)
		var log bytes.Buffer
		cmd := exec.CommandContext(t.Context(), build(t, source))
		cmd.Stdout, cmd.Stderr = &log, &log
		require.NoError(t, cmd.Start())
		for _, path := range []string{"/startupz", "/livez", "/readyz"} {
			require.Eventually(t, func() bool { return answer("http://"+ops+path) == "200 ok" }, time.Minute, 10*time.Millisecond, path)
		}
		require.Equal(t, "200 hello", answer("http://"+api))

		began := time.Now()
		require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		var draining string
		require.Eventually(t, func() bool {
			draining = answer("http://" + ops + "/readyz")
			return strings.HasPrefix(draining, "503 ")
		}, time.Minute, time.Millisecond)
		require.Contains(t, draining, "draining")
		require.Equal(t, "200 ok", answer("http://"+ops+"/livez"))
		require.Equal(t, "200 hello", answer("http://"+api))
		require.NoError(t, cmd.Wait(), &log)
		require.GreaterOrEqual(t, time.Since(began), time.Duration(drain)*time.Second)
	})
}

// seconds returns the argument of a call in source.
func seconds(t *testing.T, source, call string) int {
	t.Helper()
	found := regexp.MustCompile(call + `\((\d+)\*time\.Second\)`).FindStringSubmatch(source)
	require.NotNil(t, found, call)
	n, err := strconv.Atoi(found[1])
	require.NoError(t, err)
	return n
}

// freeAddress returns an address at which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

// answer returns the code and the text of an answer, or why there is none.
func answer(url string) string {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	response, err := client.Get(url)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error()
	}
	return strconv.Itoa(response.StatusCode) + " " + strings.TrimSpace(string(body))
}
