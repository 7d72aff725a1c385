package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "sangdam"

// goPackage is what `go list` tells about a package of ours.
type goPackage struct {
	ImportPath string
	Imports    []string
}

// direction is what one part of the program may import of the others. A package
// falls under the first direction whose path it is or lies below.
type direction struct {
	part string
	may  []string // parts, or "part/..." for everything below
	why  string
}

// directions hold the layout: cmd → signaling → rooms → {schedule, loop}.
func directions() []direction {
	return []direction{
		{"rooms/schedule", nil, "the nouns are at the bottom: everybody must be able to mean the same thing by a seat"},
		{"rooms/loop", nil, "the task loop knows nothing of what it runs"},
		{"rooms/sfu/rtpx", nil, "packet arithmetic is pure, so that it can be fuzzed and moved"},
		{"rooms/sfu/pionlog", nil, "whoever runs a part of Pion logs it alike"},
		{"rooms/sfu/carrier", nil, "every connection that carries media is looked after alike"},
		{"rooms/sfu/wire", []string{"rooms/loop", "rooms/sfu/rtpx", "rooms/sfu/pionlog", "rooms/sfu/carrier"}, "the seam to the network must be replaceable without touching the media plane"},
		{"rooms/sfu/sfutest", []string{"rooms/loop", "rooms/sfu", "rooms/sfu/..."}, "the media plane's test client needs no domain"},
		{"rooms/sfu/bench", []string{"rooms/sfu", "rooms/sfu/..."}, "the bench is a program beside the server, and no part of it"},
		{"rooms/sfu/lean", nil, "a client shares no code with what it measures"},
		{"rooms/sfu/bandwidth", nil, "an estimate is made from times and sizes, so that it can be tried on any line"},
		{"rooms/sfu", []string{"rooms/loop", "rooms/sfu/rtpx", "rooms/sfu/wire", "rooms/sfu/bandwidth"}, "the media plane forwards whatever it is told to; it knows neither seats nor clocks"},
		{"rooms/spreadsheet", nil, "one rule for every file that a spreadsheet opens"},
		{"rooms/attendance", []string{"rooms/schedule"}, "attendance is derived from the ledger alone, so that it can be derived again by anybody"},
		{"rooms/timetable", []string{"rooms/schedule"}, "a timetable is read without a server"},
		{"rooms/crosstalk", nil, "loudness is compared without knowing whose it is"},
		{"rooms/report", []string{"rooms/schedule", "rooms/attendance", "rooms/spreadsheet"}, "a report is written from nouns and attendance"},
		{"rooms/store/storetest", nil, "it starts a Redis and knows nothing of ours"},
		{"rooms/store", []string{"rooms/schedule", "rooms/attendance"}, "the store mirrors memory and seals the ledger; it decides nothing"},
		{"rooms", []string{"rooms/schedule", "rooms/loop", "rooms/sfu", "rooms/crosstalk"}, "rooms declare the small interfaces they need and are wired in cmd"},
		{"signaling/protocol", nil, "the wire protocol must not change because the domain changes its mind"},
		{"signaling/mail", []string{"rooms/schedule", "rooms/timetable"}, "a letter is written and sent without a server"},
		{"signaling/hooks", []string{"rooms/schedule", "signaling/protocol"}, "webhooks follow the ledger and need no room"},
		{"signaling/turn", []string{"rooms/sfu/pionlog", "rooms/sfu/carrier"}, "a relay knows addresses and credentials, and no rooms"},
		{"signaling/sheet", nil, "the sheet tells what it is told of ports, and asks nobody"},
		{"signaling/certs", nil, "a certificate is had without a server"},
		{"signaling/load/soak", []string{"rooms/store", "signaling/auth", "signaling/load", "signaling/load/soak"}, "a soak starts the server as a program and looks at it from outside"},
		{"signaling/load", []string{"rooms/schedule", "rooms/sfu/lean", "signaling/auth", "signaling/protocol"}, "a crowd knows what a browser knows: links and the protocol, and nothing of the server's insides"},
		{"signaling/whip", []string{"rooms", "rooms/schedule", "rooms/sfu", "signaling/api", "signaling/auth", "signaling/protocol"}, "devices come by HTTP alone, beside the sessions of browsers and not through them"},
		{"signaling/front", nil, "the port is divided by bytes alone"},
		{"signaling", []string{"rooms", "rooms/...", "signaling/...", "static"}, "the edge calls down and is called by cmd alone"},
		{"static", nil, "the client is files"},
		{"cmd", []string{"rooms", "rooms/...", "signaling", "signaling/...", "static", "cmd/..."}, "cmd wires everything"},
	}
}

// outside is a package from elsewhere that only some parts may import.
type outside struct {
	path string // it or anything below it
	only []string
	why  string
}

func outsiders() []outside {
	return []outside{
		{"net/http", []string{"signaling", "cmd"}, "HTTP is the edge's business: what lies below can be used without a web server"},
		{"github.com/redis/go-redis", []string{"rooms/store"}, "one package knows Redis, so that keys, scripts and failures are handled in one place"},
		{"github.com/gorilla/websocket", []string{"signaling"}, "sockets end at the edge"},
		{"github.com/pion", []string{"rooms/sfu", "signaling/turn", "signaling/signaltest"}, "WebRTC stays inside the media plane"},
		{"github.com/alicebob/miniredis", []string{"cmd", "rooms/store/storetest"}, "the trial store belongs to the demo, and to tests"},
		{"github.com/alecthomas", []string{"cmd"}, "flags are cmd's; the rest takes structs"},
		{"github.com/caddyserver/certmagic", []string{"signaling/certs"}, "one package asks authorities"},
		{"testing", []string{"rooms/sfu/sfutest", "rooms/store/storetest", "signaling/signaltest"}, "tests are no part of the program"},
	}
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	var all []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// root is the top folder of the repository.
func root(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatalf("%s is not the top folder: %v", dir, err)
	}
	return dir
}

// within tells whether path is dir or lies below it.
func within(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }

func allowed(part string, may []string) bool {
	return slices.ContainsFunc(may, func(m string) bool {
		if below, ok := strings.CutSuffix(m, "/..."); ok {
			return strings.HasPrefix(part, below+"/")
		}
		return part == m
	})
}

// violations says what is wrong with the imports of packages.
func violations(packages []goPackage) []string {
	var out []string
	for _, p := range packages {
		part := strings.TrimPrefix(p.ImportPath, module+"/")
		all := directions()
		i := slices.IndexFunc(all, func(d direction) bool { return within(part, d.part) })
		if i < 0 {
			out = append(out, part+" has no place in the layout: say in imports_test.go what it may import, and why")
			continue
		}
		for _, imported := range p.Imports {
			if ours, ok := strings.CutPrefix(imported, module+"/"); ok {
				if !allowed(ours, all[i].may) {
					out = append(out, part+" imports "+ours+", but "+all[i].why)
				}
				continue
			}
			for _, o := range outsiders() {
				if within(imported, o.path) && !slices.ContainsFunc(o.only, func(s string) bool { return within(part, s) }) {
					out = append(out, part+" imports "+imported+", but "+o.why)
				}
			}
		}
	}
	return out
}

func TestImports_GoOneWay(t *testing.T) {
	packages := listPackages(t)
	if len(packages) < 5 {
		t.Fatalf("go list found %d packages: this test looks at nothing", len(packages))
	}
	for _, v := range violations(packages) {
		t.Error(v)
	}
}

func TestImports_ViolationsAreFound(t *testing.T) {
	for _, p := range []goPackage{
		{module + "/rooms", []string{module + "/rooms/store"}},
		{module + "/rooms/schedule", []string{module + "/rooms"}},
		{module + "/rooms/sfu", []string{module + "/rooms"}},
		{module + "/rooms/loop", []string{"net/http"}},
		{module + "/rooms", []string{"github.com/redis/go-redis/v9"}},
		{module + "/signaling", []string{module + "/cmd/sangdam"}},
		{module + "/helpers", nil},
	} {
		if v := violations([]goPackage{p}); len(v) != 1 {
			t.Errorf("%s importing %v: found %q, want one violation", p.ImportPath, p.Imports, v)
		}
	}
}

// Rooms may say who sees whom, but must not hold a piece of the media plane: then
// they could be neither tested without packets nor moved to another media plane.
func TestImports_RoomsUseValuesOfTheMediaPlaneOnly(t *testing.T) {
	values := map[string]bool{}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root(t), "rooms/sfu/media.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for name := range file.Scope.Objects {
		values[name] = true
	}
	if !values["Binding"] {
		t.Fatal("media.go declares no Binding any more: this test looks at nothing")
	}
	sources, err := filepath.Glob(filepath.Join(root(t), "rooms/*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, source, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "sfu" && !values[s.Sel.Name] {
				t.Errorf("%s uses sfu.%s: rooms know the values of media.go and nothing else of the media plane", fset.Position(s.Pos()), s.Sel.Name)
			}
			return true
		})
	}
}

func TestLayout_HasNoOtherTopLevelFolder(t *testing.T) {
	cmd := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	folders := map[string]bool{}
	for _, name := range strings.Fields(string(out)) {
		if top, _, ok := strings.Cut(name, "/"); ok {
			folders[top] = true
		}
	}
	for folder := range folders {
		if !slices.Contains([]string{"cmd", "signaling", "rooms", "static", ".ci"}, folder) {
			t.Errorf("top-level folder %s: the layout has cmd, signaling, rooms, static and .ci, and a new noun gets a package below one of them", folder)
		}
	}
}
