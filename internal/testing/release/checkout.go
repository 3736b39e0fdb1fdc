package release

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Root returns the root of the checkout around a folder.
func Root(folder string) (string, error) {
	for root := folder; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "contrib")); err == nil {
			return root, nil
		}
		if root == filepath.Dir(root) {
			return "", fmt.Errorf("there is no checkout around %s", folder)
		}
	}
}

// Copy copies the files of a checkout that git tracks or would add.
func Copy(ctx context.Context, root, to string) error {
	cmd := exec.CommandContext(ctx, "git", "-c", "safe.directory="+root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	names, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", cmd, err)
	}
	for name := range bytes.SplitSeq(bytes.Trim(names, "\x00"), []byte{0}) {
		text, err := os.ReadFile(filepath.Join(root, string(name)))
		if os.IsNotExist(err) {
			continue // removed, and not committed yet
		}
		if err != nil {
			return err
		}
		file := filepath.Join(to, string(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Environment returns the variables of a go command that finds the modules of a proxy there, and all others where it did before.
func Environment(ctx context.Context, proxy string) ([]string, error) {
	before, err := exec.CommandContext(ctx, "go", "env", "GOPROXY").Output()
	if err != nil {
		return nil, err
	}
	return append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod -buildvcs=false", "GONOSUMDB="+Module+","+Module+"/*",
		"GOPROXY=file://"+filepath.ToSlash(proxy)+","+strings.TrimSpace(string(before))), nil
}

// Publish copies the checkout around a folder, prepares it for a version and writes a proxy of it. It returns the folder of the copy,
// and the environment of [Environment]. Both are below dir.
func Publish(ctx context.Context, folder, version, dir string) (root string, env []string, err error) {
	around, err := Root(folder)
	if err != nil {
		return "", nil, err
	}
	root, proxy := filepath.Join(dir, "checkout"), filepath.Join(dir, "proxy")
	if err := Copy(ctx, around, root); err != nil {
		return "", nil, err
	}
	if err := Prepare(ctx, root, version); err != nil {
		return "", nil, err
	}
	if err := Proxy(root, version, proxy); err != nil {
		return "", nil, err
	}
	env, err = Environment(ctx, proxy)
	return root, env, err
}
