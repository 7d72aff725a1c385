package api

//go:generate go run ./gen ../../static/src/protocol/openapi.gen.json

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"sangdam/signaling/protocol"
)

// messages are the WebSocket bodies, in the document for the generator of the
// client's types; OpenAPI itself has no word for sockets.
func messages() []any {
	return []any{
		protocol.Message{},
		protocol.Hello{},
		protocol.Welcome{},
		protocol.Resume{},
		protocol.Resumed{},
		protocol.Restart{},
		protocol.Restarted{},
		protocol.Probe{},
		protocol.Probed{},
		protocol.Join{},
		protocol.Joined{},
		protocol.Leave{},
		protocol.SetSource{},
		protocol.Say{},
		protocol.Watch{},
		protocol.Ping{},
		protocol.Pong{},
		protocol.Delta{},
		protocol.Board{},
		protocol.Error{},
		protocol.Problem{},
		protocol.Attendance{},
		protocol.AuditLog{},
		protocol.ReportTable{},
		protocol.Wait{},
		protocol.Waiting{},
		protocol.Practice{},
		protocol.Practising{},
		protocol.SendNote{},
		protocol.Seen{},
		protocol.Note{},
		protocol.Call{},
		protocol.Health{},
		protocol.ShowRooms{},
		protocol.Wall{},
		protocol.Help{},
		protocol.Steer{},
		protocol.SendReport{},
		protocol.TellVitals{},
		protocol.Tiles{},
		protocol.Layers{},
		protocol.Codecs{},
		protocol.Speakers{},
		protocol.Script{},
		protocol.Contacted{},
		protocol.ContactRequest{},
		protocol.Reasoned{},
		protocol.CareRequest{},
		protocol.HandOverRequest{},
		protocol.PaperRequest{},
		protocol.EraseRequest{},
		protocol.Erasure{},
	}
}

const schemaPrefix = "#/components/schemas/"

// config is huma's, without its defaults: no page that loads from a CDN, no
// $schema fields, and the document is served by us (huma builds it on first
// use without a lock).
func config() huma.Config {
	c := huma.DefaultConfig("Sangdam", "1")
	c.Info.Description = "REST routes, and the messages of the WebSocket as component schemas (see PROTOCOL.md). " +
		"Code generated from the Go types by go generate ./signaling/api; DO NOT EDIT."
	c.CreateHooks = nil
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.Transformers = []huma.Transformer{problems}
	return c
}

// complete adds to the document what huma cannot know: the messages, the closed
// sets as named enums, and that our arrays are never null.
func complete(doc *huma.OpenAPI) {
	reg := doc.Components.Schemas
	for _, m := range messages() {
		reg.Schema(reflect.TypeOf(m), true, "")
	}
	for name, s := range reg.Map() {
		if t := reg.TypeFromRef(schemaPrefix + name); t != nil && t.Kind() == reflect.Struct {
			refine(s, t)
		}
	}
	for _, name := range protocol.SetNames() {
		s := &huma.Schema{Type: huma.TypeString}
		for _, v := range protocol.Set(name) {
			s.Enum = append(s.Enum, v)
		}
		reg.Map()[name] = s
	}
	delete(reg.Map(), "ErrorModel")
	delete(reg.Map(), "ErrorDetail")
}

// refine corrects the schema of one struct field by field.
func refine(s *huma.Schema, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := s.Properties[name]
		if p == nil {
			continue
		}
		p.Nullable = false
		for items := p.Items; items != nil; items = items.Items { // rows of rows
			items.Nullable = false
		}
		set := f.Tag.Get("set")
		switch {
		case f.Type == reflect.TypeFor[json.RawMessage]():
			*p = huma.Schema{Description: "the body of this type of message"}
		case set != "" && f.Type.Kind() == reflect.Slice:
			p.Items = &huma.Schema{Ref: schemaPrefix + set}
		case set != "":
			s.Properties[name] = &huma.Schema{Ref: schemaPrefix + set}
		}
	}
}

// Document is the OpenAPI 3.1 document of this server, with a line break at its
// end. Generated files are made of it, and GET /api/v1/openapi.json serves it.
func Document() ([]byte, error) {
	a := New(Deps{})
	return a.document()
}

func (a *API) document() ([]byte, error) {
	b, err := json.MarshalIndent(a.doc, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(b, '\n'), nil
}

// problemResponses is what an operation may answer beside success.
func problemResponses() map[string]*huma.Response {
	return map[string]*huma.Response{
		"default": {
			Description: "a problem; code says which",
			Content: map[string]*huma.MediaType{
				problemType: {Schema: &huma.Schema{Ref: schemaPrefix + "Problem"}},
			},
		},
	}
}

const problemType = "application/problem+json"

// jsonResponse documents a JSON body of type T.
func jsonResponse[T any](what string) *huma.Response {
	return &huma.Response{
		Description: what,
		Content: map[string]*huma.MediaType{
			"application/json": {Schema: &huma.Schema{Ref: schemaPrefix + reflect.TypeFor[T]().Name()}},
		},
	}
}
