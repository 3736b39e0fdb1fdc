package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const fakeCode = `package fake

import "os"

func Sum(a, b int) int { return a + b }

func Half(a int) int { return a / 2 }

func Exit() { _ = os.Exit }
`

const fakeTest = `package fake

import "testing"

func TestSum(t *testing.T) {
	t.Run("adds", func(t *testing.T) {
		if Sum(1, 2) != 3 {
			t.Error("not 3")
		}
	})
}

func TestExit(t *testing.T) { Exit() }
`

// fakeModule makes a module of one package, and returns its folder.
func fakeModule(t *testing.T, test string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/fake\n\ngo 1.25\n", "code/code.go": fakeCode, "code/code_test.go": test,
	} {
		file := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	return root
}

// change is a mutation of the fake module.
func change(name, old, new string) mutation {
	return mutation{name: name, breaks: "a promise", file: "code/code.go", old: old, new: new}
}

func try(t *testing.T, root string, mutations ...mutation) (printed []string, err error) {
	t.Helper()
	var out bytes.Buffer
	trial := &trial{goTest: goTest{root: root, temp: t.TempDir()}, out: &out, slack: time.Second, parallel: 1}
	err = trial.try(t.Context(), mutations)
	text := regexp.MustCompile(` +\d+\.\ds |, in \d+s`).ReplaceAllString(out.String(), "")
	return strings.Split(strings.TrimSpace(text), "\n"), err
}

func TestTrial(t *testing.T) {
	t.Run("passes if the tests catch every mutation", func(t *testing.T) {
		root := fakeModule(t, fakeTest)
		printed, err := try(t, root,
			change("subtracts", "a + b", "a - b"),
			change("panics", "_ = os.Exit", `_ = os.Exit; panic("oops")`),
			change("exits", "_ = os.Exit", `os.Exit(3)`),
			change("hangs", "_ = os.Exit", `_ = os.Exit; select {}`))
		require.NoError(t, err)
		require.Equal(t, []string{
			"caught code/code.go: subtracts - TestSum/adds",
			"caught code/code.go: panics - TestExit (crashed)",
			"caught code/code.go: exits - TestExit (crashed)",
			"caught code/code.go: hangs - TestExit (timed out)",
			"4 mutations, 4 caught",
		}, printed)
		code, err := os.ReadFile(filepath.Join(root, "code", "code.go"))
		require.NoError(t, err)
		require.Equal(t, fakeCode, string(code), "the checkout is not changed")
	})

	t.Run("runs only the tests that a mutation names", func(t *testing.T) {
		root := fakeModule(t, fakeTest)
		named := change("subtracts", "a + b", "a - b")
		named.run = "TestSum/adds"
		others := change("subtracts too", "a + b", "a - b")
		others.run = "TestExit"
		printed, err := try(t, root, named, others)
		require.EqualError(t, err, "1 mutations survived, 0 could not be tried")
		require.Equal(t, "caught code/code.go: subtracts - TestSum/adds", printed[0])
		require.Equal(t, "SURVIVED code/code.go: subtracts too", printed[1])
	})

	t.Run("runs only the tests that some mutation names, without a mutation", func(t *testing.T) {
		failing := strings.Replace(fakeTest, "Exit() }", `t.Error("fails") }`, 1)
		named := change("subtracts", "a + b", "a - b")
		named.run = "TestSum"
		_, err := try(t, fakeModule(t, failing), named)
		require.NoError(t, err)
	})

	t.Run("fails if a mutation survives, or cannot be tried", func(t *testing.T) {
		printed, err := try(t, fakeModule(t, fakeTest),
			change("doubles", "a / 2", "a * 2"),
			change("is outgrown", "a / 3", "a"),
			change("is no Go", "a / 2", "a /"))
		require.EqualError(t, err, "1 mutations survived, 2 could not be tried")
		require.Equal(t, "SURVIVED code/code.go: doubles", printed[0])
		require.Contains(t, printed[1], "breaks: a promise")
		require.Equal(t, `INVALID code/code.go: is outgrown - found 0 times instead of once: "a / 3"`, printed[2])
		require.Contains(t, printed, "INVALID code/code.go: is no Go - does not compile")
		require.Equal(t, "3 mutations, 0 caught", printed[len(printed)-1])
	})

	t.Run("fails if the tests fail without a mutation", func(t *testing.T) {
		root := fakeModule(t, strings.Replace(fakeTest, "!= 3", "== 3", 1))
		_, err := try(t, root, change("subtracts", "a + b", "a - b"))
		require.ErrorContains(t, err, "the tests of ./code fail without a mutation")
		require.ErrorContains(t, err, "TestSum/adds")
	})

	t.Run("ends the tests when its context ends", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer listener.Close()
		root := fakeModule(t, `package fake

import (
	"net"
	"testing"
)

func TestHangs(t *testing.T) {
	if _, err := net.Dial("tcp", "`+listener.Addr().String()+`"); err == nil && Sum(1, 2) != 3 {
		select {}
	}
}
`)
		ctx, cancel := context.WithCancel(t.Context())
		trial := &trial{goTest: goTest{root: root, temp: t.TempDir()}, out: io.Discard, slack: time.Minute}
		result := make(chan error, 1)
		go func() {
			result <- trial.try(ctx, []mutation{change("subtracts", "a + b", "a - b"), change("doubles", "a / 2", "a * 2")})
		}()
		unchanged, err := listener.Accept()
		require.NoError(t, err)
		defer unchanged.Close()
		mutated, err := listener.Accept()
		require.NoError(t, err)
		defer mutated.Close()
		cancel()
		require.EqualError(t, <-result, "interrupted after 0 of 2 mutations")
		_, err = mutated.Read(make([]byte, 1))
		require.Error(t, err, "the process has ended, and its connection with it")
	})
}
