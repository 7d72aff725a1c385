package attendance

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sangdam/rooms/schedule"
)

func base() time.Time { return time.Date(2021, 12, 8, 8, 0, 0, 0, time.UTC) }

// chain seals entries one after the other.
func chain(es ...schedule.Entry) []schedule.Entry {
	out, prev := make([]schedule.Entry, len(es)), Genesis
	for i, e := range es {
		out[i] = Seal(prev, e)
		prev = out[i].Hash
	}
	return out
}

func numbered(n int) []schedule.Entry {
	es := make([]schedule.Entry, n)
	for i := range es {
		es[i] = schedule.Entry{
			ID: fmt.Sprintf("id%d", i+1), At: base().Add(time.Duration(i) * time.Second), Event: "e", Kind: schedule.EntrySeatJoined,
			Consultation: "S01", Seat: "S01/firm", Session: fmt.Sprint("s", i), Node: "n",
		}
	}
	return chain(es...)
}

func verify(t *testing.T, es []schedule.Entry) Report {
	t.Helper()
	r, err := Verify(func(yield func(schedule.Entry, error) bool) {
		for _, e := range es {
			if !yield(e, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The bytes that an outsider must be able to make from the documentation
// alone: this hash is `printf '16:sangdam-…' | sha256sum`.
func TestCanonical_IsWhatTheDocumentationSays(t *testing.T) {
	e := schedule.Entry{
		ID: "0190-a", At: time.Date(2021, 12, 8, 17, 0, 1, 20_999_999, time.FixedZone("KST", 9*3600)), Event: "yangju",
		Kind: schedule.EntrySeatLeft, Consultation: "S20", Seat: "S20/buyer", Session: "세션", Node: "n1", Detail: "left",
		By: "console-1", Salt: "0011", Words: "통화",
	}
	e = Normal(e)
	want := "16:sangdam-ledger-2,0:,6:0190-a,24:2021-12-08T08:00:01.020Z,6:yangju,9:seat_left,3:S20,9:S20/buyer,6:세션,2:n1,4:left," +
		"9:console-1,64:df8bc7947ba639959cb406c54e2b87f89ef6a481d6f5109859c39702879c179b,"
	if got := string(Canonical(Genesis, e)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := Seal(Genesis, e).Hash, "bab3994831fa3c02c491bb23372c1a1c4c832221e8b6c102cf667c829b614dca"; got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
}

func TestCanonical_NoTwoEntriesHaveOne(t *testing.T) {
	type pair struct{ A, B schedule.Entry }
	gen := rapid.Custom(func(rt *rapid.T) schedule.Entry {
		s := rapid.StringOfN(rapid.SampledFrom([]rune("a1:,")), 0, 4, -1)
		return schedule.Entry{
			ID: s.Draw(rt, "id"), At: base(), Event: "e", Kind: "k", Seat: schedule.SeatID(s.Draw(rt, "seat")),
			Session: s.Draw(rt, "session"), Node: s.Draw(rt, "node"), Detail: s.Draw(rt, "detail"),
		}
	})
	rapid.Check(t, func(rt *rapid.T) {
		p := pair{gen.Draw(rt, "a"), gen.Draw(rt, "b")}
		same := string(Canonical("", p.A)) == string(Canonical("", p.B))
		if same != cmp.Equal(p.A, p.B) {
			rt.Fatalf("same bytes %v for %s", same, cmp.Diff(p.A, p.B))
		}
	})
}

func TestSeal_SurvivesTheLedgersJSON(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		bytes := rapid.SliceOfN(rapid.Byte(), 0, 12)
		e := Seal("prev", schedule.Entry{
			ID: string(bytes.Draw(rt, "id")), At: time.Unix(0, rapid.Int64Range(0, 4e18).Draw(rt, "at")), Event: "e",
			Session: string(bytes.Draw(rt, "session")), Detail: string(bytes.Draw(rt, "detail")),
		})
		b, err := json.Marshal(e)
		if err != nil {
			rt.Fatal(err)
		}
		var back schedule.Entry
		if err := json.Unmarshal(b, &back); err != nil {
			rt.Fatal(err)
		}
		if hash(back.Prev, back) != e.Hash || back.Hash != e.Hash {
			rt.Fatalf("%+v came back as %+v", e, back)
		}
	})
}

func TestVerify_WholeChain(t *testing.T) {
	es := numbered(5)
	r := verify(t, es)
	want := Report{Event: "e", Entries: 5, Head: es[4].Hash, First: es[0].At, Last: es[4].At}
	if d := cmp.Diff(want, r); d != "" {
		t.Error(d)
	}
	if r := verify(t, nil); r.Broken != nil || r.Entries != 0 || r.Head != Genesis {
		t.Errorf("empty ledger: %+v", r)
	}
}

func TestVerify_NamesTheFirstBrokenEntry(t *testing.T) {
	foreign := schedule.Entry{ID: "forged", At: base(), Event: "e", Kind: schedule.EntrySeatLeft}
	tests := []struct {
		name   string
		tamper func([]schedule.Entry) []schedule.Entry
		index  int
		id     string
		kind   BreakKind
	}{
		{"detail changed", func(es []schedule.Entry) []schedule.Entry { es[2].Detail = "x"; return es }, 3, "id3", BreakChanged},
		{"time changed", func(es []schedule.Entry) []schedule.Entry {
			es[0].At = es[0].At.Add(time.Millisecond)
			return es
		}, 1, "id1", BreakChanged},
		{"hash changed", func(es []schedule.Entry) []schedule.Entry { es[5].Hash = strings.Repeat("0", 64); return es }, 6, "id6", BreakChanged},
		{"two changed, the first is named", func(es []schedule.Entry) []schedule.Entry {
			es[4].Detail, es[1].Detail = "x", "y"
			return es
		}, 2, "id2", BreakChanged},
		{"changed and hashed anew", func(es []schedule.Entry) []schedule.Entry {
			es[2].Detail = "x"
			es[2] = Seal(es[2].Prev, es[2])
			return es
		}, 4, "id4", BreakRemoved},
		{"one removed", func(es []schedule.Entry) []schedule.Entry { return slices.Delete(es, 2, 3) }, 3, "id4", BreakRemoved},
		{"first removed", func(es []schedule.Entry) []schedule.Entry { return es[1:] }, 1, "id2", BreakRemoved},
		{"several removed", func(es []schedule.Entry) []schedule.Entry { return slices.Delete(es, 1, 4) }, 2, "id5", BreakRemoved},
		{"one added that follows properly", func(es []schedule.Entry) []schedule.Entry {
			return slices.Insert(es, 3, Seal(es[2].Hash, foreign))
		}, 4, "forged", BreakAdded},
		{"one added that follows nothing", func(es []schedule.Entry) []schedule.Entry {
			return slices.Insert(es, 3, Seal("nothing", foreign))
		}, 4, "forged", BreakAdded},
		{"one added in front", func(es []schedule.Entry) []schedule.Entry {
			return slices.Insert(es, 0, Seal(Genesis, foreign))
		}, 1, "forged", BreakAdded},
		{"one told twice", func(es []schedule.Entry) []schedule.Entry { return slices.Insert(es, 3, es[2]) }, 4, "id3", BreakAdded},
		{"one of another event", func(es []schedule.Entry) []schedule.Entry {
			other := foreign
			other.Event = "f"
			return append(es, Seal(es[5].Hash, other))
		}, 7, "forged", BreakAdded},
		{"neighbours swapped", func(es []schedule.Entry) []schedule.Entry { es[2], es[3] = es[3], es[2]; return es }, 3, "id4", BreakReordered},
		{"one moved down", func(es []schedule.Entry) []schedule.Entry {
			e := es[1]
			return slices.Insert(slices.Delete(es, 1, 2), 4, e)
		}, 2, "id3", BreakReordered},
		{"one moved up", func(es []schedule.Entry) []schedule.Entry {
			e := es[4]
			return slices.Insert(slices.Delete(es, 4, 5), 1, e)
		}, 2, "id5", BreakReordered},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := verify(t, tt.tamper(numbered(6))).Broken
			if b == nil {
				t.Fatal("called whole")
			}
			if b.Index != tt.index || b.ID != tt.id || b.Kind != tt.kind || !strings.Contains(b.Text, tt.id) {
				t.Errorf("%+v", *b)
			}
		})
	}
}

// TestVerify_AnyTamperingShows: whatever single thing is done to a ledger but
// cutting off its end, it is not called whole; and that shows in the head.
func TestVerify_AnyTamperingShows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		es := numbered(rapid.IntRange(2, 12).Draw(rt, "n"))
		whole := verify(t, es)
		i := rapid.IntRange(0, len(es)-1).Draw(rt, "i")
		switch rapid.IntRange(0, 4).Draw(rt, "how") {
		case 0:
			es = slices.Delete(es, i, i+1)
		case 1:
			es = slices.Insert(es, i, es[rapid.IntRange(0, len(es)-1).Draw(rt, "copy")])
		case 2:
			j := (i + rapid.IntRange(1, len(es)-1).Draw(rt, "by")) % len(es)
			es[i], es[j] = es[j], es[i]
		case 3:
			es[i].Session += "x"
		case 4:
			es[i].At = es[i].At.Add(-time.Hour)
			es[i] = Seal(es[i].Prev, es[i])
		}
		if got := verify(t, es); got.Broken == nil && got.Head == whole.Head {
			rt.Fatal("the same head and called whole")
		}
	})
}

func TestVerify_ReadErrorIsNoVerdict(t *testing.T) {
	away := errors.New("redis is away")
	var entries iter.Seq2[schedule.Entry, error] = func(yield func(schedule.Entry, error) bool) {
		if yield(numbered(1)[0], nil) {
			yield(schedule.Entry{}, away)
		}
	}
	if r, err := Verify(entries); !errors.Is(err, away) || r.Broken != nil {
		t.Errorf("%+v %v", r, err)
	}
}

// A record of the first version is none that was changed, and it is said so.
func TestVerify_ARecordOfTheFirstVersionIsCalledThat(t *testing.T) {
	e := schedule.Entry{ID: "1", At: base(), Event: "e", Kind: schedule.EntryPhase, Consultation: "S01", Detail: "open"}
	// printf '16:sangdam-ledger-1,0:,1:1,24:2021-12-08T08:00:00.000Z,1:e,5:phase,3:S01,0:,0:,0:,4:open,' | sha256sum
	e.Hash = "61c7ceaaeef5dd6abf667c2ae254b44c20ee90cf9cb64ebcdc8b11e7ad127785"
	if b := verify(t, []schedule.Entry{e}).Broken; b == nil || b.Index != 1 || !strings.Contains(b.Text, "version of Sangdam before") {
		t.Errorf("%+v", b)
	}
	e.Detail = "live"
	if b := verify(t, []schedule.Entry{e}).Broken; b == nil || strings.Contains(b.Text, "version of Sangdam before") {
		t.Errorf("changed: %+v", b)
	}
}
