package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecode_RefusesWhatTheRulesForbid(t *testing.T) {
	long := strings.Repeat("x", MaxMessage)
	for _, tt := range []struct {
		name, raw string
		code      Code
	}{
		{"malformed JSON", `{"type":`, CodeBadMessage},
		{"not an object", `[]`, CodeBadMessage},
		{"two values", `{"type":"bye"}{"type":"bye"}`, CodeBadMessage},
		{"unknown type", `{"type":"dance","ref":1}`, CodeBadMessage},
		{"a server's type", `{"type":"delta","ref":1,"body":{}}`, CodeBadMessage},
		{"unknown field of the frame", `{"type":"bye","extra":1}`, CodeBadMessage},
		{"unknown field of the body", `{"type":"join","ref":1,"body":{"consultation":"S01","role":"firm"}}`, CodeBadMessage},
		{"body of a bye", `{"type":"bye","body":{"x":1}}`, CodeBadMessage},
		{"missing body", `{"type":"join","ref":1}`, CodeBadMessage},
		{"unknown profile", `{"type":"hello","ref":1,"body":{"token":"t","profile":"tv"}}`, CodeBadMessage},
		{"unknown source", `{"type":"source","ref":1,"body":{"source":"lidar","on":true}}`, CodeBadMessage},
		{"a resting source that is off", `{"type":"source","ref":1,"body":{"source":"camera","on":false,"resting":true}}`, CodeBadMessage},
		{"a hello on an unknown path", `{"type":"hello","ref":1,"body":{"token":"t","profile":"room","offer":"o","path":"pigeon"}}`, CodeBadMessage},
		{"a rebuild on an unknown path", `{"type":"restart","ref":1,"body":{"offer":"o","rebuild":true,"path":"pigeon"}}`, CodeBadMessage},
		{"another path on the same PeerConnection", `{"type":"restart","ref":1,"body":{"offer":"o","path":"relay"}}`, CodeBadMessage},
		{"a probe of nothing", `{"type":"probe","ref":1,"body":{"offer":"","route":"udp"}}`, CodeBadMessage},
		{"a probe by no way", `{"type":"probe","ref":1,"body":{"offer":"o","route":""}}`, CodeBadMessage},
		{"a probe by relay, which is the browser's own choice", `{"type":"probe","ref":1,"body":{"offer":"o","route":"relay"}}`, CodeBadMessage},
		{"too many sources", `{"type":"join","ref":1,"body":{"consultation":"a","sources":["camera","camera","camera","camera","camera"]}}`, CodeBadMessage},
		{"negative ref", `{"type":"ping","ref":-1,"body":{"at":1}}`, CodeBadMessage},
		{"empty chat", `{"type":"chat","ref":1,"body":{"key":"k","text":""}}`, CodeBadMessage},
		{"long chat", `{"type":"chat","ref":1,"body":{"key":"k","text":"` + strings.Repeat("가", MaxText+1) + `"}}`, CodeBadMessage},
		{"long note", `{"type":"note","ref":1,"body":{"key":"k","text":"` + strings.Repeat("가", MaxText+1) + `"}}`, CodeBadMessage},
		{"note to nowhere near an id", `{"type":"note","ref":1,"body":{"to":"` + strings.Repeat("x", 200) + `","key":"k","text":"t"}}`, CodeBadMessage},
		{"wait for nothing", `{"type":"wait","ref":1,"body":{"consultation":""}}`, CodeBadMessage},
		{"a level above the loudest", `{"type":"health","ref":1,"body":{"microphone":"ok","camera":"ok","level":1.5,"echo":false,"rtt_ms":1,"loss":0}}`, CodeBadMessage},
		{"a negative loss", `{"type":"health","ref":1,"body":{"microphone":"ok","camera":"ok","level":1,"echo":false,"rtt_ms":1,"loss":-0.1}}`, CodeBadMessage},
		{"more rooms than a wall has", `{"type":"wall","ref":1,"body":{"rooms":[` + strings.Repeat(`"S01",`, MaxWall) + `"S01"]}}`, CodeBadMessage},
		{"a room without a name on the wall", `{"type":"wall","ref":1,"body":{"rooms":[""]}}`, CodeBadMessage},
		{"help of no kind", `{"type":"help","ref":1,"body":{"consultation":"S01","mode":"sing"}}`, CodeBadMessage},
		{"help in no room", `{"type":"help","ref":1,"body":{"consultation":"","mode":"listen"}}`, CodeBadMessage},
		{"a whisper without a voice", `{"type":"help","ref":1,"body":{"consultation":"S01","mode":"listen","to":"buyer"}}`, CodeBadMessage},
		{"a whisper to the coordinators", `{"type":"help","ref":1,"body":{"consultation":"S01","mode":"speak","to":"coordinator"}}`, CodeBadMessage},
		{"steer of no kind", `{"type":"steer","ref":1,"body":{"key":"k","action":"tickle","consultation":"S01","seat":"S01/buyer"}}`, CodeBadMessage},
		{"mute of nothing", `{"type":"steer","ref":1,"body":{"key":"k","action":"mute","consultation":"S01","seat":"S01/buyer"}}`, CodeBadMessage},
		{"removal of a source", `{"type":"steer","ref":1,"body":{"key":"k","action":"remove","consultation":"S01","seat":"S01/buyer","source":"camera"}}`, CodeBadMessage},
		{"a choice of no device", `{"type":"steer","ref":1,"body":{"key":"k","action":"camera","consultation":"S01","seat":"S01/buyer"}}`, CodeBadMessage},
		{"a device to diagnose", `{"type":"steer","ref":1,"body":{"key":"k","action":"diagnose","consultation":"S01","seat":"S01/buyer","device":"x"}}`, CodeBadMessage},
		{"gain below a tenth", `{"type":"steer","ref":1,"body":{"key":"k","action":"gain","consultation":"S01","seat":"S01/buyer","gain":9}}`, CodeBadMessage},
		{"gain above fourfold", `{"type":"steer","ref":1,"body":{"key":"k","action":"gain","consultation":"S01","seat":"S01/buyer","gain":401}}`, CodeBadMessage},
		{"gain that is no number", `{"type":"steer","ref":1,"body":{"key":"k","action":"gain","consultation":"S01","seat":"S01/buyer","gain":1e999}}`, CodeBadMessage},
		{"gain of a removal", `{"type":"steer","ref":1,"body":{"key":"k","action":"remove","consultation":"S01","seat":"S01/buyer","gain":100}}`, CodeBadMessage},
		{"a long reason", `{"type":"steer","ref":1,"body":{"key":"k","action":"remove","consultation":"S01","seat":"S01/buyer","reason":"` + strings.Repeat("가", MaxReason+1) + `"}}`, CodeBadMessage},
		{"a device of 257 bytes", `{"type":"steer","ref":1,"body":{"key":"k","action":"camera","consultation":"S01","seat":"S01/buyer","device":"` + strings.Repeat("x", 257) + `"}}`, CodeBadMessage},
		{"more frozen than the time", `{"type":"vitals","ref":1,"body":{"frozen":1.1,"freezes":0,"concealed":0,"microphone":"ok","camera":"ok","limited":"none","unheard":[],"hidden":false}}`, CodeBadMessage},
		{"concealed beyond numbers", `{"type":"vitals","ref":1,"body":{"frozen":0,"freezes":0,"concealed":1e400,"microphone":"ok","camera":"ok","limited":"none","unheard":[],"hidden":false}}`, CodeBadMessage},
		{"negative freezes", `{"type":"vitals","ref":1,"body":{"frozen":0,"freezes":-1,"concealed":0,"microphone":"ok","camera":"ok","limited":"none","unheard":[],"hidden":false}}`, CodeBadMessage},
		{"nine who are unheard", `{"type":"vitals","ref":1,"body":{"frozen":0,"freezes":0,"concealed":0,"microphone":"ok","camera":"ok","limited":"none","unheard":["1","2","3","4","5","6","7","8","9"],"hidden":false}}`, CodeBadMessage},
		{"a report of no order", `{"type":"report","ref":1,"body":{"order":""}}`, CodeBadMessage},
		{"a report of an unknown failure", `{"type":"report","ref":1,"body":{"order":"o","failed":"shy"}}`, CodeBadMessage},
		{"a report of two things", `{"type":"report","ref":1,"body":{"order":"o","failed":"failed","devices":{"microphones":[],"cameras":[],"speakers":[],"microphone":"","camera":"","speaker":"","gain":100}}}`, CodeBadMessage},
		{"devices with no loudness", `{"type":"report","ref":1,"body":{"order":"o","devices":{"microphones":[],"cameras":[],"speakers":[],"microphone":"","camera":"","speaker":"","gain":0}}}`, CodeBadMessage},
		{"33 microphones", `{"type":"report","ref":1,"body":{"order":"o","devices":{"microphones":[` + strings.Repeat(`{"id":"i","label":"l"},`, MaxDevices) + `{"id":"i","label":"l"}],"cameras":[],"speakers":[],"microphone":"","camera":"","speaker":"","gain":100}}}`, CodeBadMessage},
		{"201 lines of diagnostics", `{"type":"report","ref":1,"body":{"order":"o","diagnostics":{"lines":[` + strings.Repeat(`"l",`, MaxLines) + `"l"]}}}`, CodeBadMessage},
		{"a line of 201 characters", `{"type":"report","ref":1,"body":{"order":"o","diagnostics":{"lines":["` + strings.Repeat("가", MaxLines+1) + `"]}}}`, CodeBadMessage},
		{"16 kB of vitals", `{"type":"vitals","ref":1,"body":{"unheard":["` + long + `"]}}`, CodeTooLarge},
		{"64 kB of a report", `{"type":"report","ref":1,"body":{"order":"o","diagnostics":{"lines":["` + strings.Repeat("x", MaxReport) + `"]}}}`, CodeTooLarge},
		{"tiles of a slot that shows nobody", `{"type":"tiles","ref":1,"body":{"sizes":[{"slot":8,"height":90}]}}`, CodeBadMessage},
		{"tiles of a height between", `{"type":"tiles","ref":1,"body":{"sizes":[{"slot":0,"height":91}]}}`, CodeBadMessage},
		{"a tile told twice", `{"type":"tiles","ref":1,"body":{"sizes":[{"slot":0,"height":90},{"slot":0,"height":180}]}}`, CodeBadMessage},
		{"nine tiles", `{"type":"tiles","ref":1,"body":{"sizes":[` + strings.Repeat(`{"slot":0,"height":90},`, 8) + `{"slot":0,"height":90}]}}`, CodeBadMessage},
		{"a focus beyond the slots", `{"type":"tiles","ref":1,"body":{"sizes":[],"focused":-1}}`, CodeBadMessage},
		{"not UTF-8", "{\"type\":\"chat\",\"ref\":1,\"body\":{\"key\":\"k\",\"text\":\"\xff\"}}", CodeBadMessage},
		{"16 kB that are no offer", `{"type":"chat","ref":1,"body":{"key":"k","text":"` + long + `"}}`, CodeTooLarge},
		{"large beyond any type", `{"type":"hello","ref":1,"body":{"token":"t","profile":"room","offer":"` + strings.Repeat("x", MaxOfferMessage) + `"}}`, CodeTooLarge},
		{"large offer in a small enough message", `{"type":"hello","ref":1,"body":{"token":"t","profile":"room","offer":"` + strings.Repeat("x", MaxOffer+1) + `"}}`, CodeBadMessage},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := Decode([]byte(tt.raw))
			f, ok := errors.AsType[*Fault](err)
			if !ok || f.Code != tt.code {
				t.Fatalf("got %v, want %s", err, tt.code)
			}
		})
	}
}

// A full report is larger than any other message but an offer.
func TestDecode_TakesAFullReport(t *testing.T) {
	line := strings.Repeat("x", MaxLines)
	raw, err := Encode(TypeReport, 1, SendReport{Order: "o", Diagnostics: &Diagnostics{
		Browser: line, System: line, Screen: line, Route: line, Sending: line, Receiving: line, Limited: line,
		Lines: slices.Repeat([]string{line}, MaxLines),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) <= MaxMessage {
		t.Fatalf("%d bytes prove nothing", len(raw))
	}
	if _, _, err := Decode(raw); err != nil {
		t.Fatal(err)
	}
}

func TestDecode_AnErrorCanBeToldByItsRef(t *testing.T) {
	m, _, err := Decode([]byte(`{"type":"dance","ref":7}`))
	if err == nil || m.Ref != 7 {
		t.Fatalf("ref %d, err %v; want 7 and an error", m.Ref, err)
	}
}

// TestGolden_EveryMessage compares each example of the wire with what our types
// make of it: a client and a server of different days read the same bytes.
func TestGolden_EveryMessage(t *testing.T) {
	seen := map[string]bool{}
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var m Message
			if err := strict(raw, &m); err != nil {
				t.Fatal(err)
			}
			side, _, _ := strings.Cut(name, "-")
			var body any
			switch side {
			case "client":
				if _, body, err = Decode(raw); err != nil {
					t.Fatal(err)
				}
			case "server":
				if body = serverBody(m.Type); body != nil {
					if err := strict(m.Body, body); err != nil {
						t.Fatal(err)
					}
				}
			default:
				t.Fatal("the name begins with neither client- nor server-")
			}
			seen[side+" "+m.Type] = true
			if len(m.Body) == 0 {
				return
			}
			again, err := Encode(m.Type, m.Ref, body)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(compact(t, raw), string(again)); diff != "" {
				t.Errorf("our types lose or rename something (-file +ours):\n%s", diff)
			}
		})
	}
	for _, typ := range ClientTypes() {
		if !seen["client "+typ] {
			t.Errorf("no example of a client's %s", typ)
		}
	}
	for _, typ := range ServerTypes() {
		if !seen["server "+typ] {
			t.Errorf("no example of a server's %s", typ)
		}
	}
}

func compact(t *testing.T, raw []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func serverBody(typ string) any {
	switch typ {
	case TypeHello:
		return new(Welcome)
	case TypeResume:
		return new(Resumed)
	case TypeRestart:
		return new(Restarted)
	case TypeProbe:
		return new(Probed)
	case TypeJoined:
		return new(Joined)
	case TypeBoard:
		return new(Board)
	case TypePong:
		return new(Pong)
	case TypeDelta:
		return new(Delta)
	case TypeError:
		return new(Error)
	case TypeWaiting:
		return new(Waiting)
	case TypePractice:
		return new(Practising)
	case TypeWall:
		return new(Wall)
	case TypeCodecs:
		return new(Codecs)
	case TypeLayers:
		return new(Layers)
	case TypeSpeakers:
		return new(Speakers)
	}
	return nil
}

// FuzzDecode: whatever comes, Decode returns; what it takes survives a round
// trip and is within the bounds.
func FuzzDecode(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.json")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"type":"hello","ref":1,"body":{"token":"","profile":"room","offer":null}}`))
	f.Add([]byte(`{"TYPE":"ping","Ref":1,"body":{"at":1e308}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, body, err := Decode(raw)
		if err != nil {
			if _, ok := errors.AsType[*Fault](err); !ok {
				t.Fatalf("an error without a code: %v", err)
			}
			return
		}
		again, err := Encode(m.Type, m.Ref, body)
		if err != nil {
			t.Fatal(err)
		}
		if len(raw) > sizeOf(m.Type) {
			t.Fatalf("took %d bytes of %s", len(raw), m.Type)
		}
		m2, body2, err := Decode(again)
		if f, ok := errors.AsType[*Fault](err); ok && f.Code == CodeTooLarge {
			return // escapes may make it longer
		}
		if err != nil {
			t.Fatalf("does not decode again: %v\n%s", err, again)
		}
		if m.Type != m2.Type || m.Ref != m2.Ref || !cmp.Equal(body, body2) {
			t.Fatalf("changed on the way:\n%s\n%s", raw, again)
		}
	})
}
