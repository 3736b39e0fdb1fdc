// Package release prepares a checkout for the tags of a version, and serves it as a proxy of modules would, before anything is
// published.
package release

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Module is the path of the root module.
const Module = "github.com/go-fxservices/services"

// Modules returns the folders of the modules that users need, relative to root: the root module, and those of contrib.
func Modules(root string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(root, "contrib", "*", "go.mod"))
	if err != nil {
		return nil, err
	}
	folders := []string{"."}
	for _, file := range found {
		folder, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return nil, err
		}
		folders = append(folders, filepath.ToSlash(folder))
	}
	return folders, nil
}

// Path returns the path of the module in a folder.
func Path(folder string) string {
	if folder == "." {
		return Module
	}
	return Module + "/" + folder
}

// Tags returns the tags that publish a version.
func Tags(folders []string, version string) []string {
	tags := make([]string, len(folders))
	for i, folder := range folders {
		tags[i] = strings.TrimPrefix(folder+"/"+version, "./")
	}
	return tags
}

// Prepare lets the modules require a version of each other, instead of replacing them with folders.
func Prepare(ctx context.Context, root, version string) error {
	folders, err := Modules(root)
	if err != nil {
		return err
	}
	for _, folder := range folders {
		var mod struct{ Require []struct{ Path string } }
		text, err := goTool(ctx, filepath.Join(root, folder), "mod", "edit", "-json")
		if err != nil {
			return err
		}
		if err := json.Unmarshal(text, &mod); err != nil {
			return err
		}
		edits := []string{"mod", "edit"}
		for _, required := range mod.Require {
			if required.Path == Module || strings.HasPrefix(required.Path, Module+"/") {
				edits = append(edits, "-require="+required.Path+"@"+version, "-dropreplace="+required.Path)
			}
		}
		if len(edits) > 2 {
			if _, err := goTool(ctx, filepath.Join(root, folder), edits...); err != nil {
				return err
			}
		}
	}
	return nil
}

func goTool(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cmd, err)
	}
	return output, nil
}

// Proxy writes the modules of a checkout below dir, in the layout of a proxy of modules: GOPROXY=file:///dir finds them.
func Proxy(root, version, dir string) error {
	folders, err := Modules(root)
	if err != nil {
		return err
	}
	for _, folder := range folders {
		at := filepath.Join(dir, filepath.FromSlash(Path(folder)), "@v")
		if err := os.MkdirAll(at, 0o750); err != nil {
			return err
		}
		mod, err := os.ReadFile(filepath.Join(root, folder, "go.mod"))
		if err != nil {
			return err
		}
		info, err := json.Marshal(map[string]any{"Version": version, "Time": time.Unix(0, 0).UTC()})
		if err != nil {
			return err
		}
		for name, text := range map[string][]byte{"list": []byte(version + "\n"), version + ".info": info, version + ".mod": mod} {
			if err := os.WriteFile(filepath.Join(at, name), text, 0o600); err != nil {
				return err
			}
		}
		if err := pack(filepath.Join(root, folder), Path(folder)+"@"+version, filepath.Join(at, version+".zip")); err != nil {
			return err
		}
	}
	return nil
}

// pack writes the files of one module into a zip, below prefix. Folders that are modules of their own are no part of it.
func pack(root, prefix, file string) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	archive := zip.NewWriter(out)
	err = filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			_, statErr := os.Stat(filepath.Join(path, "go.mod"))
			if path != root && (statErr == nil || slices.Contains([]string{".git", "vendor"}, entry.Name())) {
				return filepath.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		return add(archive, prefix+"/"+filepath.ToSlash(name), path)
	})
	for _, end := range []func() error{archive.Close, out.Close} {
		if endErr := end(); err == nil {
			err = endErr
		}
	}
	return err
}

func add(archive *zip.Writer, name, path string) error {
	text, err := os.Open(path)
	if err != nil {
		return err
	}
	defer text.Close()
	entry, err := archive.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(entry, text)
	return err
}
