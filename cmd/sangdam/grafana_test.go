package main

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// notDrawn are metrics that the dashboard leaves out, and why.
func notDrawn() map[string]string {
	return map[string]string{}
}

// dashboard is what of a Grafana dashboard can be wrong without Grafana saying so.
type dashboard struct {
	SchemaVersion int     `json:"schemaVersion"`
	Panels        []panel `json:"panels"`
	Templating    struct {
		List []struct {
			Name string `json:"name"`
			Type string `json:"type"`
		} `json:"list"`
	} `json:"templating"`
}

type panel struct {
	ID          int    `json:"id"`
	Type        string `json:"type"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Datasource  struct {
		UID string `json:"uid"`
	} `json:"datasource"`
	GridPos struct{ X, Y, W, H int } `json:"gridPos"`
	Targets []struct {
		RefID string `json:"refId"`
		Expr  string `json:"expr"`
	} `json:"targets"`
}

func readDashboard(t *testing.T) (d dashboard, raw string) {
	t.Helper()
	b, err := os.ReadFile("deploy/grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	return d, string(b)
}

func TestDashboard_CanBeDrawnAnywhere(t *testing.T) {
	d, raw := readDashboard(t)
	if d.SchemaVersion < 39 {
		t.Errorf("schema %d is older than Grafana 11", d.SchemaVersion)
	}
	if m := regexp.MustCompile(`https?://[^"]*`).FindString(raw); m != "" {
		t.Errorf("it leads out of the house: %s", m)
	}
	if !slices.ContainsFunc(d.Templating.List, func(v struct {
		Name string `json:"name"`
		Type string `json:"type"`
	},
	) bool {
		return v.Name == "datasource" && v.Type == "datasource"
	}) {
		t.Error("there is no variable for the datasource")
	}
	ids := map[int]string{}
	taken := map[[2]int]string{}
	for _, p := range d.Panels {
		if other, twice := ids[p.ID]; twice || p.ID == 0 {
			t.Errorf("%q and %q have the id %d", p.Title, other, p.ID)
		}
		ids[p.ID] = p.Title
		if p.Title == "" {
			t.Errorf("panel %d has no title", p.ID)
		}
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other, twice := taken[[2]int{x, y}]; twice || x >= 24 {
					t.Fatalf("%q lies over %q, or beyond the edge", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		if p.Type == "row" {
			continue
		}
		if p.Description == "" || p.Datasource.UID != "${datasource}" || len(p.Targets) == 0 {
			t.Errorf("%q: description %q, datasource %q, %d targets", p.Title, p.Description, p.Datasource.UID, len(p.Targets))
		}
		for _, q := range p.Targets {
			if strings.Count(q.Expr, "(") != strings.Count(q.Expr, ")") || strings.Count(q.Expr, "{") != strings.Count(q.Expr, "}") {
				t.Errorf("%q: brackets of %s", p.Title, q.Expr)
			}
			if n := len(metricNames().FindAllString(q.Expr, -1)); n == 0 || strings.Count(q.Expr, `instance=~"$instance"`) != n {
				t.Errorf("%q is not of the chosen servers: %s", p.Title, q.Expr)
			}
		}
	}
}

func metricNames() *regexp.Regexp { return regexp.MustCompile(`\b(sangdam|process|go)_[a-z0-9_]+`) }

func TestDashboard_DrawsWhatARunningNodeExportsAndAllOfIt(t *testing.T) {
	_, _, url := startFair(t)
	exported := series(t, url)
	d, _ := readDashboard(t)
	drawn := map[string]bool{}
	for _, p := range d.Panels {
		for _, q := range p.Targets {
			for _, name := range metricNames().FindAllString(q.Expr, -1) {
				drawn[family(name)] = true
				if _, ok := exported[name]; !ok {
					t.Errorf("%q draws %s, which no node exports", p.Title, name)
				}
			}
		}
	}
	families := map[string]bool{}
	for name := range exported {
		if name, _, _ = strings.Cut(name, "{"); strings.HasPrefix(name, "sangdam_") {
			families[family(name)] = true
		}
	}
	if len(families) < 40 {
		t.Fatalf("a node exports only %v", slices.Sorted(maps.Keys(families)))
	}
	for name := range families {
		why := notDrawn()[name]
		if !drawn[name] && why == "" {
			t.Errorf("%s is exported and not drawn", name)
		}
		if drawn[name] && why != "" {
			t.Errorf("%s is drawn although %s", name, why)
		}
	}
}

// family is a metric's name without what a histogram adds.
func family(name string) string {
	for _, s := range []string{"_bucket", "_count", "_sum"} {
		if base, ok := strings.CutSuffix(name, s); ok {
			return base
		}
	}
	return name
}
