package attendance

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"sangdam/rooms/schedule"
)

// worded is a chain in which every third entry has words.
func worded(n int) []schedule.Entry {
	es := numbered(n)
	for i := range es {
		if i%3 == 1 {
			es[i].Words, es[i].Salt = fmt.Sprint("words ", i), fmt.Sprint("salt", i)
		}
	}
	return chain(es...)
}

// reseal hashes a chain anew from place i on, as whoever can write to Redis can.
func reseal(es []schedule.Entry, i int) []schedule.Entry {
	prev := Genesis
	if i > 0 {
		prev = es[i-1].Hash
	}
	for ; i < len(es); i++ {
		es[i] = Seal(prev, es[i])
		prev = es[i].Hash
	}
	return es
}

func against(t *testing.T, es []schedule.Entry, marks ...Mark) Report {
	t.Helper()
	r, err := Verify(func(yield func(schedule.Entry, error) bool) {
		for _, e := range es {
			if !yield(e, nil) {
				return
			}
		}
	}, marks...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestVerify_NamesTheFirstBadEntryOfEveryTampering does each of them to a chain
// at random places, with heads that were signed at random lengths.
func TestVerify_NamesTheFirstBadEntryOfEveryTampering(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	keys := Keys{KeyID(key.Public().(ed25519.PublicKey)): key.Public().(ed25519.PublicKey)}

	// Each gets a chain, a place i that is not its last, and the length that was
	// signed last before i and last of all; it tells the chain, and the place
	// (from 0) and id of the first bad entry.
	type result struct {
		es    []schedule.Entry
		place int
		id    string
		kinds []BreakKind
	}
	foreign := schedule.Entry{ID: "forged", At: base(), Event: "e", Kind: schedule.EntrySeatLeft}
	var lengths []int // that were signed
	tamperings := map[string]func(es []schedule.Entry, i, before, last int) result{
		"changed": func(es []schedule.Entry, i, _, _ int) result {
			field := []func(*schedule.Entry){
				func(e *schedule.Entry) { e.Detail += "x" }, func(e *schedule.Entry) { e.At = e.At.Add(time.Millisecond) },
				func(e *schedule.Entry) { e.Seat = "S01/buyer" }, func(e *schedule.Entry) { e.By = "somebody" },
				func(e *schedule.Entry) { e.Kind = schedule.EntrySeatLeft }, func(e *schedule.Entry) { e.Session += "2" },
				func(e *schedule.Entry) { e.Node = "m" }, func(e *schedule.Entry) { e.Consultation = "S02" },
				func(e *schedule.Entry) { e.Digest = strings.Repeat("0", 64) }, func(e *schedule.Entry) { e.ID += "0" },
				func(e *schedule.Entry) { e.Hash = strings.Repeat("0", 64) },
			}
			field[random.IntN(len(field))](&es[i])
			return result{es, i, es[i].ID, []BreakKind{BreakChanged}}
		},
		"words changed": func(es []schedule.Entry, i, _, _ int) result {
			es[i].Words, es[i].Salt = "what nobody said", "salt"
			return result{es, i, es[i].ID, []BreakKind{BreakWords}}
		},
		"changed and hashed anew": func(es []schedule.Entry, i, before, _ int) result {
			es[i].Detail += "x"
			es[i] = Seal(es[i].Prev, es[i])
			if slices.Contains(lengths, i+1) { // a head knows it, and every one up to there is in doubt
				return result{es, before, es[before].ID, []BreakKind{BreakRewritten}}
			}
			return result{es, i + 1, es[i+1].ID, []BreakKind{BreakRemoved}} // what it followed is not there
		},
		"removed": func(es []schedule.Entry, i, _, _ int) result {
			es = slices.Delete(es, i, i+1)
			return result{es, i, es[i].ID, []BreakKind{BreakRemoved}}
		},
		"several removed": func(es []schedule.Entry, i, _, _ int) result {
			es = slices.Delete(es, i, i+1+random.IntN(len(es)-1-i))
			return result{es, i, es[i].ID, []BreakKind{BreakRemoved}}
		},
		"swapped": func(es []schedule.Entry, i, _, _ int) result {
			j := i + 1 + random.IntN(len(es)-1-i)
			es[i], es[j] = es[j], es[i]
			return result{es, i, es[i].ID, []BreakKind{BreakReordered, BreakAdded}}
		},
		"added": func(es []schedule.Entry, i, _, _ int) result {
			e := Seal("nothing", foreign)
			if i > 0 && random.IntN(2) == 0 {
				e = Seal(es[i-1].Hash, foreign)
			}
			return result{slices.Insert(es, i, e), i, "forged", []BreakKind{BreakAdded}}
		},
		"added twice": func(es []schedule.Entry, i, _, _ int) result {
			return result{slices.Insert(es, i+1, es[i]), i + 1, es[i].ID, []BreakKind{BreakAdded}}
		},
		"cut": func(es []schedule.Entry, i, _, last int) result {
			n := min(i, last-1)
			return result{es[:n], n, "", []BreakKind{BreakCut}}
		},
		"all gone": func(es []schedule.Entry, _, _, _ int) result {
			return result{nil, 0, "", []BreakKind{BreakCut}}
		},
		"cut and others in its place": func(es []schedule.Entry, i, before, last int) result {
			for j := min(i, last-1); j < len(es); j++ {
				es[j] = schedule.Entry{ID: fmt.Sprint("other", j), At: base(), Event: "e", Kind: schedule.EntrySeatBack}
			}
			es = reseal(es, min(i, last-1))
			return result{es, before, es[before].ID, []BreakKind{BreakRewritten}}
		},
		"written anew as a whole": func(es []schedule.Entry, _, _, _ int) result {
			es[0].Detail += "x"
			return result{reseal(es, 0), 0, es[0].ID, []BreakKind{BreakRewritten}}
		},
	}
	for name, tamper := range tamperings {
		t.Run(name, func(t *testing.T) {
			for range 200 {
				es := worded(3 + random.IntN(40))
				i := random.IntN(len(es) - 1)
				lengths = []int{1 + random.IntN(len(es)), 1 + random.IntN(len(es)), 1 + random.IntN(len(es))}
				var heads []schedule.Head
				before, last := 0, slices.Max(lengths)
				if name == "cut" || name == "cut and others in its place" {
					i = min(i, last-1)
				}
				for _, n := range lengths {
					heads = append(heads, SignHead(key, schedule.Head{Event: "e", Entries: int64(n), Hash: es[n-1].Hash, At: base()}))
					if n <= i && n > before {
						before = n
					}
				}
				marks, unknown, err := keys.Vouched("e", heads)
				if err != nil || unknown != 0 || len(marks) != 3 {
					t.Fatal(marks, unknown, err)
				}
				whole := against(t, es, marks...)
				if whole.Broken != nil || whole.Marked != int64(last) || whole.Words != (len(es)+1)/3 {
					t.Fatalf("untouched: %+v %+v", whole, whole.Broken)
				}
				got := tamper(es, i, before, last)
				b := against(t, got.es, marks...).Broken
				if b == nil {
					t.Fatalf("%d entries, place %d, heads of %v: called whole", len(es), i, lengths)
				}
				if b.Index != got.place+1 || b.ID != got.id || !slices.Contains(got.kinds, b.Kind) {
					t.Fatalf("%d entries, place %d, heads of %v: %+v, want entry %d, id %q, %v", len(es), i, lengths, *b, got.place+1, got.id, got.kinds)
				}
			}
		})
	}
}

func TestKeys_AHeadThatTheKeyDidNotSignIsForged(t *testing.T) {
	pub, key, _ := ed25519.GenerateKey(nil)
	_, stranger, _ := ed25519.GenerateKey(nil)
	keys := Keys{}
	text, err := EncodeKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.ReadKeys(text); err != nil || len(keys) != 1 {
		t.Fatal(err, keys)
	}
	es := numbered(4)
	h := SignHead(key, schedule.Head{Event: "e", Entries: 4, Hash: es[3].Hash, At: base().Add(time.Nanosecond)})
	if marks, unknown, err := keys.Vouched("e", []schedule.Head{h}); err != nil || unknown != 0 || len(marks) != 1 {
		t.Errorf("its own: %v %d %v", marks, unknown, err)
	}
	if marks, _, err := keys.Vouched("f", []schedule.Head{h}); err != nil || len(marks) != 0 {
		t.Errorf("of another event: %v %v", marks, err)
	}
	for name, change := range map[string]func(*schedule.Head){
		"entries":   func(h *schedule.Head) { h.Entries-- },
		"hash":      func(h *schedule.Head) { h.Hash = es[2].Hash },
		"time":      func(h *schedule.Head) { h.At = h.At.Add(time.Hour) },
		"signature": func(h *schedule.Head) { h.Signature = strings.Repeat("A", 86) + "==" },
		"no base64": func(h *schedule.Head) { h.Signature = "?" },
		"stranger":  func(h *schedule.Head) { *h = SignHead(stranger, *h); h.Key = KeyID(pub) },
	} {
		forged := h
		change(&forged)
		if _, _, err := keys.Vouched("e", []schedule.Head{h, forged}); err == nil || !strings.Contains(err.Error(), "forged") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if marks, unknown, err := keys.Vouched("e", []schedule.Head{SignHead(stranger, h)}); err != nil || unknown != 1 || len(marks) != 0 {
		t.Errorf("of a key that nobody gave: %v %d %v", marks, unknown, err)
	}
	for _, bad := range []string{"", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"} {
		if err := (Keys{}).ReadKeys([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestReadHeads_ATornLastLineCostsOnlyItself(t *testing.T) {
	_, key, _ := ed25519.GenerateKey(nil)
	var file bytes.Buffer
	for i := range 3 {
		b, _ := json.Marshal(SignHead(key, schedule.Head{Event: "e", Entries: int64(i), At: base()}))
		file.Write(append(b, '\n'))
	}
	whole := file.Bytes()
	for n := range len(whole) + 1 {
		got, err := ReadHeads(bytes.NewReader(whole[:n]))
		if want := bytes.Count(whole[:n], []byte{'\n'}); err != nil || len(got) != want {
			t.Fatalf("%d bytes: %d heads, want %d: %v", n, len(got), want, err)
		}
	}
	if _, err := ReadHeads(strings.NewReader("nonsense\n")); err == nil {
		t.Error("nonsense was read")
	}
	if _, err := ReadEntries(strings.NewReader(`{"id":"1"}` + "\n" + `{"id":`)); err == nil {
		t.Error("a torn pack was read")
	}
}

// TestVerify_OfTwoMarksOfOneLengthTheOneThatDoesNotFitCounts: Redis's own count
// goes along with whoever rewrites Redis; the signed head does not.
func TestVerify_OfTwoMarksOfOneLengthTheOneThatDoesNotFitCounts(t *testing.T) {
	es := worded(10)
	signed := []Mark{{Entries: 6, Hash: es[5].Hash, From: "head"}, {Entries: 10, Hash: es[9].Hash, From: "head"}}
	es[8].By = "somebody else"
	es = reseal(es, 8)
	own := Mark{Entries: 10, Hash: es[9].Hash, From: "count"}
	for _, marks := range [][]Mark{append([]Mark{own}, signed...), append(signed, own)} {
		if b := against(t, es, marks...).Broken; b == nil || b.Index != 7 || b.Kind != BreakRewritten {
			t.Errorf("%+v", b)
		}
	}
}
