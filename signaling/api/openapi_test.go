package api

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"sangdam/signaling/protocol"
)

func TestDocument_GeneratedFileIsTheDocument(t *testing.T) {
	want, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../static/src/protocol/openapi.gen.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("static/src/protocol/openapi.gen.json is stale: go run ./signaling/api/gen static/src/protocol/openapi.gen.json")
	}
}

type schema struct {
	Type       any               `json:"type"`
	Ref        string            `json:"$ref"`
	Enum       []string          `json:"enum"`
	Items      *schema           `json:"items"`
	Properties map[string]schema `json:"properties"`
	Required   []string          `json:"required"`
}

func documentSchemas(t *testing.T) (map[string]schema, []byte) {
	t.Helper()
	raw, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Components struct {
			Schemas map[string]schema `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Components.Schemas, raw
}

func TestDocument_NothingIsNullableAndEveryRefResolves(t *testing.T) {
	schemas, raw := documentSchemas(t)
	if bytes.Contains(raw, []byte(`"null"`)) {
		t.Error("the document has a nullable value; clients would have to check for it")
	}
	for _, part := range strings.Split(string(raw), schemaPrefix)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if _, ok := schemas[name]; !ok {
			t.Errorf("a $ref leads to %s, which is not there", name)
		}
	}
}

func TestDocument_ClosedSetsAreEnums(t *testing.T) {
	schemas, _ := documentSchemas(t)
	for _, name := range protocol.SetNames() {
		if got, want := schemas[name].Enum, protocol.Set(name); !slices.Equal(got, want) {
			t.Errorf("%s: enum %v, want %v", name, got, want)
		}
	}
	if ref := schemas["Error"].Properties["code"].Ref; ref != schemaPrefix+"Code" {
		t.Errorf("Error.code is %q, not the enum", ref)
	}
	if it := schemas["Participant"].Properties["sources"].Items; it == nil || it.Ref != schemaPrefix+"SourceName" {
		t.Errorf("Participant.sources holds %+v, not SourceName", it)
	}
}

func TestDocument_RequiredIsWhatIsAlwaysSent(t *testing.T) {
	schemas, _ := documentSchemas(t)
	for name, want := range map[string][]string{
		"Participant": {"id", "seat", "role", "name", "sources", "away", "since", "resting", "narrow"},
		"Change":      nil,
		"Resumed":     {"secret", "seq", "server_time", "ice_servers"},
	} {
		if got := schemas[name].Required; !slices.Equal(got, want) {
			t.Errorf("%s requires %v, want %v", name, got, want)
		}
	}
}
