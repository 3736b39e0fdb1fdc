# Every folder with a go.mod is a module of this repository, except tools/, which pins the development tools.
SKIPPED := -name '.?*' -o -name testdata -o -path ./tools
MODULES := $(patsubst %/go.mod,%,$(sort $(shell find . \( $(SKIPPED) \) -prune -o -name go.mod -print)))
NESTED  := $(filter-out .,$(MODULES))

# Each module is checked with the versions that its own go.mod asks for, as its users get it.
export GOWORK := off

TOOL   = go tool -modfile='$(CURDIR)/tools/go.mod'
LINTER = $(TOOL) golangci-lint
CONFIG = --config '$(CURDIR)/.golangci.yml'

# The race detector needs cgo and a C compiler. Without them the tests run without it, unless SERVICES_REQUIRED=1.
HAVE_RACE = $(shell test "$$(go env CGO_ENABLED)" = 1 && command -v $$(go env CC | cut -d ' ' -f 1))
RACE      = $(if $(filter 1,$(SERVICES_REQUIRED))$(HAVE_RACE),-race)
TEST      = go test $(RACE) -shuffle=on -timeout=12m

# They begin first, so that no processor waits for them at the end.
LONGEST := ./runner ./fxservices

COVERED   := ./runner ./runner/consumer ./retrier ./fxservices
COVER_MIN := 95

# The oldest and the newest are enough for check; see internal/testing/fxmatrix.
FX_VERSIONS := v1.22.2 v1.23.0 v1.24.0

# Go compiles for all of them on any system. fx does not build for plan9: there only the packages without it are vetted.
SYSTEMS := js/wasm wasip1/wasm windows/amd64 darwin/arm64 plan9/amd64
NO_FX   := ./runner/... ./retrier/... ./observers/... ./httpserver/...

# `make bench BENCH=Start BENCH_COUNT=3` is a quick look: it is compared with the last results, and not kept.
BENCH       := .
BENCH_COUNT := 10
BENCH_TIME  := 200ms
BENCH_DIR   := docs/benchmarks
BENCH_KEPT  := $(filter ./10,$(BENCH)/$(BENCH_COUNT))

PROCESS_ROUNDS := 40

SOAK_CASES := 100000
FUZZED     := ./runner ./observers/timeline ./observers/timeline/draw
FUZZ_TIME  := 20s

# $(call each,modules,command,title) runs a command in every one of the modules, until it fails in one.
each = @set -e; for module in $(1); do echo "==> $$module: $(3)" >&2; (cd "$$module" && $(2)); done

# $(call two,modules,command,title) runs it in two of them at a time, and prints what each has said once it is done. Tests of clients wait
# for servers more than they compute.
two = @printf '%s\n' $(1) | xargs -P 2 -I@ sh -c 'said=$$(cd @ && $(2) 2>&1); status=$$?; \
	printf "==> %s: %s\n%s\n" @ "$(3)" "$$said" >&2; exit $$status'

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help test test-root fx-matrix lint fmt fmt-check vet portable vuln cover bench bench-process docs soak fuzz mutate tidy tidy-check workspace check

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

test: test-root ## Test every module, with the race detector where there is a C compiler: between 5 and 6 minutes on 2 cores
	$(call two,$(NESTED),$(TEST) ./...,test)

test-root:
	$(if $(RACE),,@echo 'no C compiler: testing without the race detector' >&2)
	@mkdir -p bin
	$(call each,.,$(TEST) -coverprofile=bin/cover.out $(LONGEST) ./...,test)

fx-matrix: ## Test fxservices with every version of fx in FX_VERSIONS, without the race detector
	@internal/testing/fxmatrix/test.sh $(FX_VERSIONS)

cover: test-root ## Fail if the tests of a core package reach under 95 % of its statements
	@go run ./internal/testing/checks/cover -min $(COVER_MIN) -profile bin/cover.out $$(go list $(COVERED))

vet: ## Run go vet in every module
	$(call each,$(MODULES),go vet ./...,vet)

portable: ## Run go vet in the root module for other systems; takes some minutes the first time
	@set -e; for system in $(SYSTEMS); do \
		case $$system in plan9/*) packages='$(NO_FX)' ;; *) packages=./... ;; esac; \
		echo "==> .: vet for $$system" >&2; \
		GOOS=$${system%/*} GOARCH=$${system#*/} CGO_ENABLED=0 go vet $$packages; done

lint: ## Run the linters of .golangci.yml in every module
	$(call each,$(MODULES),$(LINTER) run $(CONFIG) ./...,lint)

fmt: ## Format every module
	$(call each,$(MODULES),$(LINTER) fmt $(CONFIG) ./...,fmt)

fmt-check:
	@unformatted=$$("$$(go env GOROOT)/bin/gofmt" -s -l .); test -z "$$unformatted" || \
		{ echo "not formatted, run make fmt:" $$unformatted >&2; exit 1; }

tidy: ## Run go mod tidy in every module and in tools
	$(call each,$(MODULES) tools,go mod tidy,tidy)

tidy-check:
	$(call each,$(MODULES) tools,go mod tidy -diff,tidy -diff)

workspace: # what a reader of the repository builds, by go.work
	@echo '==> go.work: build' >&2
	@GOWORK='$(CURDIR)/go.work' go build work

vuln: ## Look for known vulnerabilities in every module
	$(call each,$(MODULES),$(TOOL) govulncheck ./...,vuln)

bench: ## Run the benchmarks, compare with the last results, keep the new ones in docs/benchmarks
	@mkdir -p bin $(BENCH_DIR) && : > bin/bench.txt
	$(call each,$(MODULES),go test -run='^$$' -bench='$(BENCH)' -benchmem -benchtime=$(BENCH_TIME) -count=$(BENCH_COUNT) ./... >> '$(CURDIR)/bin/bench.txt',bench)
	@$(TOOL) benchstat $(wildcard $(BENCH_DIR)/raw.txt) bin/bench.txt
	$(if $(BENCH_KEPT),@$(TOOL) benchstat -col /impl bin/bench.txt > $(BENCH_DIR)/summary.txt)
	$(if $(BENCH_KEPT),@grep -E '^(goos|goarch|pkg|cpu|Benchmark)' bin/bench.txt > $(BENCH_DIR)/raw.txt)

bench-process: ## Compare whole processes of one HTTP server, from exec to listening and from SIGTERM to exit
	$(call each,./internal/testing/bench,go run ./process -n $(PROCESS_ROUNDS),bench-process)

docs: ## Draw docs/timeline.svg anew; the tests of examples/timeline say when
	$(call each,./examples,go run ./timeline '$(CURDIR)/docs/timeline.svg' >/dev/null,docs)

soak: ## Play random cases against the runner, the consumer and fxservices, more than the tests do
	$(if $(RACE),,@echo 'no C compiler: playing without the race detector' >&2)
	go test $(RACE) -timeout=10m ./runner -run='^TestMachine$$' -rapid.checks=$(SOAK_CASES) -rapid.nofailfile
	go test $(RACE) -timeout=10m ./runner/consumer -run='^TestLives$$' -lives=$(SOAK_CASES)
	go test $(RACE) -timeout=20m ./fxservices -run='^TestRandom' -rapid.checks=$$(($(SOAK_CASES) / 10)) -rapid.nofailfile

fuzz: ## Run each fuzz test for a while
	@set -e; for package in $(FUZZED); do \
		for fuzz in $$(go test -list='^Fuzz' $$package | grep '^Fuzz'); do \
			go test $$package -run='^$$' -fuzz="^$$fuzz$$" -fuzztime=$(FUZZ_TIME) -fuzzminimizetime=1x; done; done

mutate: ## Break the code in small ways, and see the tests fail; MUTATIONS=regexp tries some
	go run ./internal/testing/mutation -run='$(MUTATIONS)'

check: FX_VERSIONS = v1.22.2 v1.24.0
check: fmt-check tidy-check vet workspace lint test cover fx-matrix ## Everything that CI runs
