# Sangdam: `make demo` shows it, `make test` proves it. Both do all their own
# set-up on a Debian machine that has Go, Node and make.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Tools that are not part of the module, each at one version.
GOFUMPT     := go run mvdan.cc/gofumpt@v0.12.0
STATICCHECK := go run honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := go run golang.org/x/vuln/cmd/govulncheck@v1.9.0

VERSION  ?= $(shell git describe --always --dirty --tags 2>/dev/null || echo unknown)
GO_BUILD := CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$(VERSION)"

# Everything that goes into the built client; a change of any builds it anew.
CLIENT := $(shell find static -path static/node_modules -prune -o -path static/dist -prune -o -path static/e2e -prune -o -type f -print 2>/dev/null)
NPM    := static/node_modules/.installed

title = @printf '\n\033[1m== %s\033[0m\n' "$(1)"

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: build ## build, then run a consultation fair on this machine to look around in
	bin/sangdam demo

.PHONY: build
build: client binary ## build the browser client and the binary bin/sangdam

.PHONY: binary
binary: ## build the binary with the client that lies in static/dist
	$(call title,the binary)
	$(GO_BUILD) -o bin/sangdam ./cmd/sangdam

.PHONY: client
client: static/dist/index.html ## build the browser client into static/dist

.PHONY: npm
npm: $(NPM) ## install the client's packages as the lock file names them

$(NPM): static/package-lock.json
	$(call title,the client's packages)
	cd static && npm ci --no-audit --no-fund
	touch $@

static/dist/index.html: $(NPM) $(CLIENT)
	$(call title,the client)
	cd static && npm run build
	touch static/dist/.gitkeep $@

.PHONY: test
test: deps build test-go test-client e2e netlab-quick soak-quick ## everything that has to be green, in under 18 minutes on two cores

.PHONY: deps
deps: ## install what the tests need (redis-server, browsers, network tools) or say what is missing
	$(call title,what the tests need)
	@.ci/deps.sh

# Goroutines share memory in most packages below rooms and signaling. These are pure, and
# their thousands of mutated files, forged ledgers and halls take minutes under the race
# detector.
PURE := ./rooms/attendance/... ./rooms/crosstalk/... ./rooms/report/... ./rooms/timetable/...
RACE := $$(go list ./rooms/... ./signaling/... | grep -vFx "$$(go list $(PURE))")

.PHONY: test-go
test-go: ## the Go tests, shuffled, with the race detector where goroutines meet
	$(call title,Go tests with the race detector)
	go test -race -shuffle=on -timeout 8m $(RACE)
	$(call title,Go tests of the binary and of what is pure)
	go test -shuffle=on -timeout 5m ./cmd/... ./static/... $(PURE)

.PHONY: test-client
test-client: $(NPM) ## the client's unit tests
	$(call title,client unit tests)
	cd static && npm run test

.PHONY: e2e
e2e: deps build ## browsers meet through the real server, in a network namespace of their own
	$(call title,browser tests)
	static/e2e/run.sh

.PHONY: bed
bed: ## build the network bed: bin/netlab, and people made of Pion
	$(call title,the network bed)
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -o bin/netlab ./signaling/signaltest/netlab/run
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -o bin/crowd ./signaling/signaltest/crowd/run

# Cases whose name matches, all when not given.
CASES ?=

.PHONY: netlab
netlab: deps build bed ## try bad networks, CASES=regexp some of them, with and without what helps; prints a table
	$(call title,bad networks)
	bin/netlab -off -cases '$(CASES)' -out static/e2e/out/netlab

.PHONY: netlab-quick
netlab-quick: deps build bed ## the bad networks that every test run has, in about 2 minutes
	$(call title,bad networks: the subset)
	bin/netlab -quick -cases '$(CASES)' -out static/e2e/out/netlab

# How long, in how many rooms, and at which share of the usual bit rate.
SOAK  ?= 30m
ROOMS ?= 100
RATE  ?= 0.1

.PHONY: soaker
soaker: ## build bin/soak
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -o bin/soak ./signaling/load/soak/run

.PHONY: soak
soak: deps build soaker ## ROOMS=100 rooms for SOAK=30m in which people come, go and lose packets: fails when the server keeps anything
	$(call title,what the server keeps of $(SOAK) with $(ROOMS) rooms)
	bin/soak -binary bin/sangdam -duration $(SOAK) -rooms $(ROOMS) -rate $(RATE)

.PHONY: soak-quick
soak-quick: deps build soaker ## the soak that every test run has, in half a minute
	$(call title,what the server keeps of half a minute)
	bin/soak -binary bin/sangdam -duration 20s -rounds 3 -warm 6s -every 1500ms -grace 3s -slack 32 -rooms 8 -rate 0.2 -changes 12

.PHONY: check
check: $(NPM) ## format, vet, lint, types and generated files: all clean or it fails
	$(call title,gofmt and gofumpt)
	@out=$$(gofmt -l cmd rooms signaling static/*.go); [ -z "$$out" ] || { echo "not gofmt'ed:"; echo "$$out"; exit 1; }
	@out=$$($(GOFUMPT) -l cmd rooms signaling static/*.go); [ -z "$$out" ] || { echo "not gofumpt'ed:"; echo "$$out"; exit 1; }
	$(call title,go vet)
	go vet ./...
	$(call title,staticcheck)
	$(STATICCHECK) ./...
	$(call title,known vulnerabilities)
	@if curl -fsS -m 5 -o /dev/null https://vuln.go.dev/index/db.json 2>/dev/null; then $(GOVULNCHECK) ./...; \
	else echo "vuln.go.dev cannot be reached from here: not checked"; fi
	$(call title,generated files are what the generator writes)
	@.ci/generated.sh
	$(call title,TypeScript)
	cd static && npx tsc --noEmit
	$(call title,biome)
	cd static && npx biome ci

.PHONY: types
types: $(NPM) ## generate the client's types from the Go messages
	go generate ./...
	cd static && npm run types

# -quick for 90 seconds of it, -only=ratio for one part; see go run ./rooms/sfu/bench -help.
BENCH ?=

.PHONY: bench
bench: ## a forwarded packet against a bare relay's (8 minutes; BENCH=-quick), then the benchmarks of path and rooms
	$(call title,the media plane against a bare relay)
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -o bin/bench ./rooms/sfu/bench
	bin/bench $(BENCH)
	$(call title,benchmarks)
	go test -run '^$$' -bench . -benchmem ./rooms/... ./signaling/...

FUZZTIME ?= 30s
.PHONY: fuzz
fuzz: ## run each fuzz target for FUZZTIME (30s)
	@grep -rl --include='*_test.go' '^func Fuzz' cmd rooms signaling | while read -r file; do \
	  for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' "$$file"); do \
	    echo "== $$target in $$(dirname "$$file")"; \
	    go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "./$$(dirname "$$file")"; \
	  done; done

.PHONY: clean
clean: ## remove what was built
	rm -rf bin static/e2e/out static/node_modules
	find static/dist -mindepth 1 ! -name .gitkeep -delete
