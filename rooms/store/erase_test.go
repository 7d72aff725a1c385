package store

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
	"sangdam/rooms/store/storetest"
)

// peopled is a store with an event in which a buyer has left traces everywhere.
func peopled(t *testing.T, url string) *Store {
	t.Helper()
	s, ctx := open(t, Options{URL: url, Node: "n", Dir: t.TempDir()}), t.Context()
	at := time.Date(2021, 12, 6, 0, 0, 0, 0, time.UTC)
	who := schedule.Contact{Person: "Jeanne Dupont", Company: "Achats SA", Email: "jd@achats.example", Phone: "+33 1 23"}
	e := &schedule.Event{
		ID: "e", Name: "fair", Zone: "Asia/Seoul",
		Firms:  []schedule.Firm{{ID: "f1", Name: "Firm One"}, {ID: "same", Name: "S"}},
		Buyers: []schedule.Buyer{{ID: "y1", Name: "Achats", Country: "FR", Zone: "Europe/Paris", Language: "fr", Contact: who}, {ID: "y2", Name: "Other", Zone: "UTC"}, {ID: "same", Name: "S", Zone: "UTC"}},
		Booths: []schedule.Booth{{ID: "b1", Name: "1"}},
		Consultations: []schedule.Consultation{
			{ID: "S01", Start: at, End: at.Add(time.Hour), Booth: "b1", Firm: "f1", Buyer: "y1"},
			{ID: "S02", Start: at.Add(2 * time.Hour), End: at.Add(3 * time.Hour), Booth: "b1", Firm: "f1", Buyer: "y2"},
		},
	}
	must(t, s.ChangeEvent(ctx, e, schedule.EditRecord{At: at, By: "import", Op: "import", Changes: []schedule.EditChange{
		{What: "buyer", ID: "y1", Name: "Achats", Change: "created", Fields: []schedule.EditField{{Field: "name", Before: "Les anciens Achats", After: "Achats"}, {Field: "phone", After: "+33 1 23"}}},
		{What: "buyer", ID: "y2", Name: "Other", Change: "created"},
		{What: "consultation", ID: "S01", Change: "changed", Fields: []schedule.EditField{{Field: "buyer", Before: "Other", After: "Achats"}}},
	}}))
	must(t, s.AddEdit(ctx, "e", schedule.EditRecord{At: at, By: "Kim", Op: "link", Changes: []schedule.EditChange{{What: "link", ID: "L1", Name: "Achats, Jeanne Dupont", Change: "sent"}}}))
	link := func(id schedule.LinkID, party string) schedule.Link {
		return schedule.Link{ID: id, SecretHash: "ab", Grants: schedule.Grants{Event: "e", Link: id, Kind: schedule.LinkPerson, Role: schedule.RoleBuyer, Party: party}}
	}
	must(t, s.SaveLinks(ctx, []schedule.Link{link("L1", "y1"), link("L2", "y2")}))
	for _, l := range []schedule.LinkID{"L1", "L2"} {
		must(t, s.SaveReadiness(ctx, "e", l, schedule.Readiness{At: at, Browser: "Firefox"}))
		must(t, s.SaveConsent(ctx, "e", l, schedule.Consent{Notice: "n", At: at}))
		must(t, s.SavePath(ctx, "e", l, schedule.LinkPath{Profile: schedule.PathRelay, At: at}))
	}
	for i, n := range []schedule.Note{
		{From: schedule.NoteSender{Seat: "S01/buyer"}, Text: "It is Jeanne"},
		{To: schedule.NoteTarget{Seat: "S01/buyer/2"}, Text: "Dear Jeanne"},
		{To: schedule.NoteTarget{Consultation: "S01"}, Text: "Jeanne is late"},
		{To: schedule.NoteTarget{Everybody: true}, Text: "lunch"},
		{From: schedule.NoteSender{Seat: "S02/buyer"}, Text: "another"},
	} {
		n.ID, n.At = string(rune('a'+i)), at
		must(t, s.SaveNote(ctx, "e", n))
	}
	for i, m := range []schedule.ChatMessage{{Seat: "S01/buyer", Text: "Jeanne here"}, {Seat: "S01/firm", Text: "hello"}, {Seat: "S01/buyer/2", Text: "and Marc"}} {
		m.ID = string(rune('a' + i))
		must(t, s.AppendChat(ctx, "e", "S01", m))
	}
	must(t, s.SaveRoomState(ctx, schedule.RoomState{
		Event: "e", Consultation: "S01", Phase: schedule.PhaseEnded, Came: []schedule.Role{schedule.RoleBuyer},
		Contacts: []schedule.Contacted{{ID: "c", Role: schedule.RoleBuyer, Outcome: schedule.ContactCalled, Words: "Jeanne's mother answered"}},
	}))
	for _, x := range []schedule.Entry{
		{Kind: schedule.EntrySeatJoined, Consultation: "S01", Seat: "S01/buyer", Session: "x"},
		{Kind: schedule.EntryContact, Consultation: "S01", Seat: "S01/buyer", By: "a1", Detail: "called", Words: "Jeanne's mother answered"},
		{Kind: schedule.EntryStaff, Consultation: "S01", Seat: "S01/firm", By: "a1", Detail: "mute microphone", Words: "noise"},
		{Kind: schedule.EntryVerdict, Consultation: "S01", By: "a1", Detail: "technical", Words: "Jeanne had no sound"},
		{Kind: schedule.EntryVerdict, Consultation: "S02", By: "a1", Detail: "held", Words: "stays"},
		{Kind: schedule.EntrySeatLeft, Consultation: "S01", Seat: "S01/buyer", Session: "x", Detail: "left"},
	} {
		x.Event, x.At = "e", at.Add(time.Minute)
		s.Append(x)
	}
	must(t, s.Flush(within(t, 5*time.Second)))
	return s
}

// everything is all that Redis holds of an event, as text.
func everything(t *testing.T, s *Store) string {
	t.Helper()
	ctx := t.Context()
	var b strings.Builder
	keys, err := s.rdb.Keys(ctx, "*").Result()
	must(t, err)
	for _, k := range keys {
		b.WriteString(k + "\n")
		switch kind, _ := s.rdb.Type(ctx, k).Result(); kind {
		case "string":
			v, _ := s.rdb.Get(ctx, k).Result()
			b.WriteString(v)
		case "hash":
			v, _ := s.rdb.HGetAll(ctx, k).Result()
			j, _ := json.Marshal(v)
			b.Write(j)
		case "stream":
			v, _ := s.rdb.XRange(ctx, k, "-", "+").Result()
			for _, x := range v {
				for _, text := range x.Values {
					b.WriteString(text.(string) + "\n")
				}
			}
		}
	}
	return b.String()
}

func TestErase_APersonIsGoneAndCountsAndChainStay(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := peopled(t, url), t.Context()
		s.signAge = 0
		time.Sleep(5 * time.Millisecond)
		_, err := s.SignHead(ctx, "e")
		must(t, err)
		derive := func() []attendance.Attendance {
			e, err := s.Event(ctx, "e")
			must(t, err)
			all := attendance.Derive(e, entriesOf(t, s, "e"), time.Date(2021, 12, 7, 0, 0, 0, 0, time.UTC))
			for i := range all { // reasons are words
				all[i].Corrections, all[i].Decided, all[i].Contacts = nil, nil, nil
			}
			return all
		}
		before := derive()
		if !strings.Contains(everything(t, s), "Jeanne") {
			t.Fatal("nobody is there to be erased")
		}

		order := Erasure{Event: "e", Party: "y1", By: "a1", Reason: "asked by letter"}
		done, err := s.Erase(ctx, order)
		must(t, err)
		if want := (Erased{Words: 2, Notes: 3, Chats: 2, Links: 1}); done != want {
			t.Errorf("%+v, want %+v", done, want)
		}
		text := everything(t, s)
		for _, trace := range []string{"Jeanne", "Achats", "+33", "achats.example", "Marc", "Dupont"} {
			if at := strings.Index(text, trace); at >= 0 {
				t.Errorf("%q is still there: …%s", trace, text[max(0, at-200):min(len(text), at+100)])
			}
		}
		for _, kept := range []string{"Other", "lunch", "another", "hello", "noise", "stays", "asked by letter", `"country":"FR"`} {
			if !strings.Contains(text, kept) && !strings.Contains(text, strings.ReplaceAll(kept, `"`, `\"`)) {
				t.Errorf("%q is gone, too", kept)
			}
		}
		if d := cmp.Diff(before, derive()); d != "" {
			t.Errorf("attendance changed: %s", d)
		}
		heads, err := s.Heads(ctx, "e")
		must(t, err)
		keys, err := s.Keys(ctx)
		must(t, err)
		marks, _, err := keys.Vouched("e", heads)
		must(t, err)
		if r := report(t, s, "e", marks...); r.Broken != nil || r.Erased != 2 || r.Words != 3 || r.Marked != 6 {
			t.Errorf("%+v %+v", r, r.Broken)
		}
		links, err := s.Links(ctx, "e")
		must(t, err)
		ready, err := s.Readiness(ctx, "e")
		must(t, err)
		consents, err := s.Consents(ctx, "e")
		must(t, err)
		if !links[0].Revoked || links[1].Revoked || len(ready) != 1 || len(consents) != 1 {
			t.Errorf("links %+v, readiness %v, consents %v", links, ready, consents)
		}
		for l, want := range map[schedule.LinkID]schedule.PathProfile{"L1": "", "L2": schedule.PathRelay} {
			if p, err := s.Path(ctx, "e", l); err != nil || p.Profile != want {
				t.Errorf("path of %s: %+v, %v", l, p, err)
			}
		}
		state, _, err := s.RoomState(ctx, "e", "S01")
		if err != nil || len(state.Contacts) != 1 || state.Contacts[0].Outcome != schedule.ContactCalled || len(state.Came) != 1 {
			t.Errorf("%+v %v", state, err)
		}
		entries := entriesOf(t, s, "e")
		last := entries[len(entries)-1]
		if last.Kind != schedule.EntryErased || last.Detail != "y1" || last.By != "a1" || last.Words != "asked by letter" {
			t.Errorf("%+v", last)
		}

		// Once more is nothing more.
		if again, err := s.Erase(ctx, order); err != nil || again != (Erased{}) || len(entriesOf(t, s, "e")) != len(entries) {
			t.Errorf("again: %+v %v, %d entries", again, err, len(entriesOf(t, s, "e")))
		}
		// What was said after it is taken away by another one.
		s.Append(schedule.Entry{Event: "e", Kind: schedule.EntryStaff, Consultation: "S01", Seat: "S01/buyer", By: "a1", Detail: "mute microphone", Words: "Jeanne again"})
		if again, err := s.Erase(ctx, order); err != nil || again.Words != 1 || strings.Contains(everything(t, s), "Jeanne") {
			t.Errorf("after more was said: %+v %v", again, err)
		}
		if _, err := s.Erase(ctx, Erasure{Event: "e", Party: "nobody", By: "a1", Reason: "x"}); !errors.Is(err, ErrNotFound) {
			t.Errorf("nobody: %v", err)
		}
		if _, err := s.Erase(ctx, Erasure{Event: "e", Party: "same", By: "a1", Reason: "x"}); !errors.Is(err, ErrAmbiguous) {
			t.Errorf("a firm and a buyer of one id: %v", err)
		}
	})
}

// TestErase_CutShortAnywhereIsRepeated: whatever was done when Redis went away,
// asking again does the rest and tells the ledger once.
func TestErase_CutShortAnywhereIsRepeated(t *testing.T) {
	t.Parallel()
	url := storetest.Mini(t)
	ctx := t.Context()
	order := Erasure{Event: "e", Party: "y1", By: "a1", Reason: "asked by letter"}
	steps := []func(s *Store, p *party) error{
		func(s *Store, p *party) error { _, err := s.eraseLinks(ctx, "e", p); return err },
		func(s *Store, p *party) error { _, err := redact(ctx, s, keyNotes("e"), "n", p.note); return err },
		func(s *Store, p *party) error { _, err := redact(ctx, s, keyChat("e", "S01"), "m", p.chat); return err },
		func(s *Store, p *party) error { return s.eraseContacts(ctx, "e", *p) },
		func(s *Store, p *party) error { _, err := redact(ctx, s, keyEdits("e"), "e", p.edit); return err },
		func(s *Store, p *party) error { _, err := s.eraseNames(ctx, *p, "a1"); return err },
	}
	for n := range len(steps) + 1 {
		s := peopled(t, url)
		e, err := s.Event(ctx, "e")
		must(t, err)
		p, err := partyOf(e, "y1")
		must(t, err)
		for _, step := range steps[:n] {
			must(t, step(s, &p))
		}
		if _, err := s.Erase(ctx, order); err != nil {
			t.Fatalf("after %d steps: %v", n, err)
		}
		text := everything(t, s)
		if strings.Contains(text, "Jeanne") || strings.Contains(text, "Achats") || strings.Count(text, `"kind":"erased"`) != 1 {
			t.Errorf("after %d steps: %s", n, text)
		}
		must(t, s.rdb.FlushAll(ctx).Err())
		must(t, s.Close())
	}
}

// TestErase_AReplayedSpoolBringsNothingBack: Redis loses the erasure and what
// was before it; the spool has the words, and takes them away again.
func TestErase_AReplayedSpoolBringsNothingBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := peopled(t, url), t.Context()
		_, err := s.Erase(ctx, Erasure{Event: "e", Party: "y1", By: "a1", Reason: "asked by letter"})
		must(t, err)
		want := entriesOf(t, s, "e")
		must(t, s.rdb.Del(ctx, keyLedger("e"), keyChain("e"), keyWords("e")).Err())
		eventually(t, 5*time.Second, "the replay", func() bool { return len(entriesOf(t, s, "e")) == len(want) })
		if d := cmp.Diff(want, entriesOf(t, s, "e")); d != "" {
			t.Error(d)
		}
		if r := report(t, s, "e"); r.Broken != nil || r.Erased != 2 {
			t.Errorf("%+v", r)
		}
	})
}

// TestErase_NothingIsLeftInAnyKeyOrFile: others wrote of the person, too, and it
// had another name before. Every key of Redis, its files and the data folder are
// looked through.
func TestErase_NothingIsLeftInAnyKeyOrFile(t *testing.T) {
	t.Parallel()
	server := storetest.Start(t)
	s, ctx := peopled(t, server.URL()), t.Context()
	at := time.Date(2021, 12, 6, 0, 0, 0, 0, time.UTC)
	must(t, s.AddEdit(ctx, "e", schedule.EditRecord{At: at, By: "Kim", Op: "edit", Changes: []schedule.EditChange{
		{What: "buyer", ID: "y1", Name: "Achats", Change: "changed", Fields: []schedule.EditField{{Field: "person", Before: "Marie Ancienne", After: "Jeanne Dupont"}}},
		{What: "consultation", ID: "S02", Change: "changed", Fields: []schedule.EditField{{Field: "buyer", Before: "Les anciens Achats", After: "Other"}}},
	}}))
	must(t, s.SaveNote(ctx, "e", schedule.Note{ID: "x", At: at, To: schedule.NoteTarget{Everybody: true}, Text: "who has seen Jeanne Dupont?"}))
	must(t, s.AppendChat(ctx, "e", "S01", schedule.ChatMessage{ID: "x", Seat: "S01/firm", Text: "hello Jeanne Dupont, write to jd@achats.example"}))
	must(t, s.AppendChat(ctx, "e", "S02", schedule.ChatMessage{ID: "y", Seat: "S02/buyer", Text: "do you know Marie Ancienne?"}))
	for _, x := range []schedule.Entry{
		{Kind: schedule.EntryStaff, By: "a1", Detail: "link reissued L1", Words: "she lost her phone"},
		{Kind: schedule.EntryStaff, By: "a1", Detail: "link reissued L2", Words: "another phone"},
		{Kind: schedule.EntryStaff, By: "a1", Detail: "mail 3", Words: "Jeanne Dupont asked for it"},
		{Kind: schedule.EntryContact, Consultation: "S02", Seat: "S02/buyer", By: "a1", Detail: "called", Words: "gave the number +33 1 23 instead"},
	} {
		x.Event, x.At = "e", at.Add(2*time.Minute)
		s.Append(x)
	}
	must(t, s.Flush(within(t, 5*time.Second)))
	traces := []string{"Jeanne Dupont", "Achats", "+33 1 23", "achats.example", "Marie Ancienne", "she lost her phone"}
	for _, trace := range traces {
		eventually(t, 5*time.Second, trace+" in Redis's file", func() bool { return server.Holds(t, trace) })
	}

	order := Erasure{Event: "e", Party: "y1", By: "a1", Reason: "asked by letter"}
	_, err := s.Erase(ctx, order)
	must(t, err)
	text := everything(t, s)
	must(t, s.spool.trim(time.Now().Add(time.Hour)))
	dir := filepath.Dir(s.spool.dir)
	for _, trace := range traces {
		if at := strings.Index(text, trace); at >= 0 {
			t.Errorf("%q is still there: …%s", trace, text[max(0, at-200):min(len(text), at+100)])
		}
		eventually(t, 10*time.Second, trace+" out of Redis's file", func() bool { return !server.Holds(t, trace) })
		must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			b, err := os.ReadFile(path)
			if strings.Contains(string(b), trace) {
				t.Errorf("%s has %q", path, trace)
			}
			return err
		}))
	}
	for _, kept := range []string{"hello y1, write to y1", "do you know y1?", "who has seen y1?", "another phone"} {
		if !strings.Contains(text, kept) {
			t.Errorf("%q is gone, too", kept)
		}
	}
	if r := report(t, s, "e"); r.Broken != nil || r.Erased != 5 {
		t.Errorf("%+v", r)
	}
	if again, err := s.Erase(ctx, order); err != nil || again != (Erased{}) {
		t.Errorf("again: %+v %v", again, err)
	}
}
