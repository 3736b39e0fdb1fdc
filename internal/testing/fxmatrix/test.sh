#!/usr/bin/env bash
# Tests fxservices with versions of fx, each with the dig that it asks for: internal/testing/fxmatrix/test.sh v1.22.2 latest
#
# The oldest that passes is v1.22.2. In older ones a signal can block fx.App.Stop for ever; v1.21 and older have no
# fx.Self, which the tests use; and the dig of v1.20 cannot build a private Server of a module.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
export GOWORK=off

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mod=-modfile=$copy/go.mod

# use makes the copy of go.mod ask for a version of fx, and for its dig.
use() {
	cp go.mod go.sum "$copy"
	go get "$mod" "go.uber.org/fx@$1"
	go get "$mod" "go.uber.org/dig@$(awk '$1 == "go.uber.org/dig" { print $2 }' "$(go list "$mod" -m -f '{{.GoMod}}' go.uber.org/fx)")"
}

failed=()
for version in "$@"; do
	use "$version"
	name=$(go list "$mod" -m -f '{{.Path}} {{.Version}}' go.uber.org/fx go.uber.org/dig | paste -sd ' ')
	echo "==> $name: test" >&2
	go test "$mod" -timeout=5m ./fxservices/... ./internal/constructor ./internal/fxgraph ./internal/inside || failed+=("$name")
done
if ((${#failed[@]})); then
	printf 'fails with %s\n' "${failed[@]}" >&2
	exit 1
fi
