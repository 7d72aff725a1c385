package signaling_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store/storetest"
	"sangdam/signaling/protocol"
	"sangdam/signaling/signaltest"
)

// opened is a page that has opened its link and no more.
func (h *house) opened(link string) *signaltest.Client {
	h.t.Helper()
	c, err := signaltest.Open(h.ctx, h.options(link))
	h.must(err)
	return c
}

const onTalks = "consultations/" + talks + "/"

// entries are those of a kind, in their order.
func (h *house) entries(kind schedule.EntryKind) (all []schedule.Entry) {
	h.t.Helper()
	h.must(h.store.Flush(h.ctx))
	h.must(h.store.Entries(h.ctx, h.event.ID, func(e schedule.Entry) error {
		if e.Kind == kind {
			all = append(all, e)
		}
		return nil
	}))
	return all
}

func TestScript_TellsWhomToCallAndWhatCanBeOffered(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t))
	h.enter("B1", talks)
	h.lobby("U3") // a stand-by whose page is open
	console := h.desk("console")
	script := func() (s protocol.Script) {
		h.must(console.Call(h.ctx, http.MethodGet, onTalks+"script", nil, &s))
		return s
	}
	s := script()
	if len(s.Cards) != 2 || s.Cards[0].Role != "buyer" || s.Cards[1].Role != "interpreter" {
		t.Fatalf("missing are buyer and interpreter: %+v", s.Cards)
	}
	want := protocol.ContactCard{
		Role: "buyer", Name: "Tekstil", Zone: "Europe/Istanbul", Language: "en",
		Contact: protocol.Contact{Person: "Ayşe", Phone: "+90 555 0101", TradeOffice: "KOTRA Istanbul"},
	}
	if got := s.Cards[0]; got != want {
		t.Errorf("the buyer's card: %+v", got)
	}
	if c := s.Cards[1]; c.Zone != "Asia/Seoul" || c.Language != "ko" || c.Name != "Kim" {
		t.Errorf("the interpreter's card: %+v", c)
	}
	if len(s.StandBys) != 2 || s.StandBys[0].Buyer != "U3" || !s.StandBys[0].Online || s.StandBys[0].Phone != "+34 555 0103" || s.StandBys[1].Online {
		t.Errorf("stand-bys: %+v", s.StandBys)
	}
	for _, o := range s.Times {
		if o.StartsAt.Before(time.Now()) || o.EndsAt.Sub(o.StartsAt) != time.Hour || o.Booth == "" || o.BoothName == "" {
			t.Errorf("offered: %+v", o)
		}
	}

	// One tap logs what came of a call; everybody at a console sees it.
	contact := func(in protocol.ContactRequest) (out protocol.Contacted, err error) {
		return out, console.Call(h.ctx, http.MethodPost, onTalks+"contacts", in, &out)
	}
	for _, wrong := range []protocol.ContactRequest{
		{Role: "observer", Outcome: "called"},
		{Role: "buyer", Outcome: "shouted"},
		{Role: "buyer", Outcome: "coming"},
		{Role: "buyer", Outcome: "called", Minutes: 5},
	} {
		if _, err := contact(wrong); signaltest.CodeOf(err) != protocol.CodeBadMessage {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	if _, err := contact(protocol.ContactRequest{Role: "buyer", Outcome: "no_answer"}); err != nil {
		t.Fatal(err)
	}
	coming, err := contact(protocol.ContactRequest{Role: "buyer", Outcome: "coming", Minutes: 5, Words: " in a\ttaxi "})
	h.must(err)
	if coming.ExpectedAt == nil || coming.ExpectedAt.Sub(coming.At) != 5*time.Minute || coming.Words != "in a taxi" || coming.Name == "" {
		t.Errorf("coming: %+v", coming)
	}
	h.must(console.Wait(h.ctx, "both calls on the row", func(s signaltest.State) bool { return len(s.Rows[talks].Contacts) == 2 }))
	h.must(console.Wait(h.ctx, "the alert to know when to expect them", func(s signaltest.State) bool {
		return slices.ContainsFunc(s.Rows[talks].Alerts, func(a protocol.Alert) bool { return a.CallAt != nil || a.ExpectedAt != nil })
	}))
	if s := script(); len(s.Contacts) != 2 || s.Contacts[1] != (protocol.Contacted{}) && s.Contacts[1].ID != coming.ID {
		t.Errorf("the script's contacts: %+v", s.Contacts)
	}
	if got := h.entries(schedule.EntryContact); len(got) != 2 || got[1].Words != "in a taxi" || got[1].By == "" || got[1].Seat != "S01/buyer" {
		t.Errorf("the ledger: %+v", got)
	}

	// Who comes needs no card any more.
	h.enter("U1", talks)
	if s := script(); len(s.Cards) != 1 || s.Cards[0].Role != "interpreter" {
		t.Errorf("after the buyer came: %+v", s.Cards)
	}
	h.refused(console.Call(h.ctx, http.MethodGet, "consultations/nowhere/script", nil, nil), protocol.CodeNotFound)
	h.refused(console.Call(h.ctx, http.MethodPost, "consultations/nowhere/contacts", protocol.ContactRequest{Role: "buyer", Outcome: "called"}, nil), protocol.CodeNotFound)
}

// TestContacts_WhoOnlyLooksIsToldNoWayToPeople: neither how to reach them, nor
// the links by which they enter rooms.
func TestContacts_WhoOnlyLooksIsToldNoWayToPeople(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t))
	h.enter("B1", talks)
	admin, viewer := h.opened("administrator"), h.opened("viewer")
	get := func(c *signaltest.Client, path string) string {
		h.t.Helper()
		var raw json.RawMessage
		h.must(c.Call(h.ctx, http.MethodGet, path, nil, &raw))
		return string(raw)
	}
	h.must(h.store.AddEdit(h.ctx, h.event.ID, schedule.EditRecord{At: time.Now(), Op: "import", Changes: []schedule.EditChange{{
		What: "buyer", ID: "U1", Name: "Tekstil", Change: "changed", Fields: []schedule.EditField{{Field: "phone", Before: "+90 555 0101", After: "+90 555 0199"}},
	}}}))
	ways := []string{"+90 555", "+34 555", "Ayşe", h.links["U1"].Secret}
	for _, path := range []string{"timetable", "edits", onTalks + "script", "board", "readiness"} {
		for _, way := range ways {
			if text := get(viewer, path); strings.Contains(text, way) {
				t.Errorf("%s tells a viewer %q: %s", path, way, text)
			}
		}
	}
	for _, path := range []string{"timetable", "edits", onTalks + "script"} {
		if !strings.Contains(get(admin, path), "+90 555 01") {
			t.Errorf("%s tells a coordinator no number", path)
		}
	}
	for _, path := range []string{"links", "links.csv", "links/" + string(h.links["U1"].Link.ID) + "/calendar.ics"} {
		h.refused(viewer.Call(h.ctx, http.MethodGet, path, nil, nil), protocol.CodeForbidden)
	}
}

func TestEnd_IsNowAndSaysWhy(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t))
	firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
	console := h.desk("console")
	h.must(console.Call(h.ctx, http.MethodPost, onTalks+"end", protocol.Reasoned{Reason: "they\nshook  hands"}, nil))
	for _, c := range []*signaltest.Client{firm, buyer} {
		h.must(c.Wait(h.ctx, "to be out of the room", func(s signaltest.State) bool { return !s.InRoom }))
	}
	h.must(console.Wait(h.ctx, "the end", func(s signaltest.State) bool { return s.Rows[talks].Clock.Phase == "ended" }))
	h.acted("end||they shook hands")
	h.refused(console.Call(h.ctx, http.MethodPost, onTalks+"end", protocol.Reasoned{Reason: "again"}, nil), protocol.CodeEnded)
	h.refused(buyer.Join(h.ctx, talks, mic), protocol.CodeEnded)
}

func TestVerdict_HeldByPhoneSaysHowItIsKnown(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t))
	console := h.opened("console")
	verdict := func(v, why string) error {
		return console.Call(h.ctx, http.MethodPost, onTalks+"verdict", protocol.VerdictRequest{Verdict: v, Reason: why}, nil)
	}
	h.refused(verdict("held_by_phone", " \u202e "), protocol.CodeBadMessage)
	h.must(verdict("held_by_phone", "the buyer's mail of 3 pm"))
	h.must(verdict("pending", ""))
	got := h.entries(schedule.EntryVerdict)
	if len(got) != 2 || got[0].Detail != "held_by_phone" || got[0].Words != "the buyer's mail of 3 pm" || got[1].Detail != "" {
		t.Fatalf("%+v", got)
	}
	if me := h.links["console"].Link.ID; got[0].By != string(me) || got[0].Session != "" {
		t.Errorf("by %q, session %q", got[0].By, got[0].Session)
	}
}

func TestPaper_IsAnEntryOfItsOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t))
	console := h.opened("console")
	from := time.Now().UTC().Add(-4 * time.Minute).Truncate(time.Second)
	good := protocol.PaperRequest{Seat: "S01/buyer", From: from, To: from.Add(2 * time.Minute), Provenance: "sheet 3, signed by Kim"}
	paper := func(change func(*protocol.PaperRequest)) error {
		in := good
		change(&in)
		return console.Call(h.ctx, http.MethodPost, onTalks+"papers", in, nil)
	}
	for what, change := range map[string]func(*protocol.PaperRequest){
		"another's seat":     func(p *protocol.PaperRequest) { p.Seat = "S02/buyer" },
		"no such seat":       func(p *protocol.PaperRequest) { p.Seat = "S01/observer" },
		"backwards":          func(p *protocol.PaperRequest) { p.From, p.To = p.To, p.From },
		"nothing":            func(p *protocol.PaperRequest) { p.To = p.From },
		"still to come":      func(p *protocol.PaperRequest) { p.To = time.Now().Add(time.Hour) },
		"another day":        func(p *protocol.PaperRequest) { p.From = p.From.Add(-24 * time.Hour) },
		"from nowhere":       func(p *protocol.PaperRequest) { p.Provenance = "   " },
		"from nowhere known": func(p *protocol.PaperRequest) { p.Provenance = " \u202e\u202e\u202e " },
	} {
		if err := paper(change); err == nil {
			t.Errorf("%s was taken", what)
		}
	}
	h.must(paper(func(*protocol.PaperRequest) {}))
	got := h.entries(schedule.EntryPaper)
	if len(got) != 1 || got[0].Detail != from.Format(time.RFC3339)+"/"+from.Add(2*time.Minute).Format(time.RFC3339) ||
		got[0].Words != "sheet 3, signed by Kim" || got[0].By == "" || got[0].Seat != "S01/buyer" {
		t.Errorf("%+v", got)
	}
}

func TestErase_IsAnAdministratorsAndEndsTheLinks(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t))
	firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
	h.must(buyer.Say(h.ctx, "k", "my number is 555"))
	h.must(firm.Wait(h.ctx, "the words", func(s signaltest.State) bool { return len(s.Chat) == 1 }))
	e, err := h.store.Event(h.ctx, "fair")
	h.must(err)
	name := e.Buyers[0].Name
	h.must(firm.Say(h.ctx, "f", "welcome, "+name))
	h.must(buyer.Wait(h.ctx, "the welcome", func(s signaltest.State) bool { return len(s.Chat) == 2 }))
	console := h.desk("console")
	h.must(console.Ask(h.ctx, protocol.TypeNote, protocol.SendNote{To: "*", Key: "n", Text: name + " is here"}, nil))
	h.eventually("both to be stored", func() bool {
		chat, err := h.store.Chat(h.ctx, "fair", talks)
		notes, err2 := h.store.Notes(h.ctx, "fair")
		return err == nil && err2 == nil && len(chat) == 2 && len(notes) == 1
	})
	in := protocol.EraseRequest{Party: "U1", Reason: "asked for by letter"}
	h.refused(h.opened("console").Call(h.ctx, http.MethodPost, "erasures", in, nil), protocol.CodeForbidden)
	admin := h.opened("administrator")
	h.refused(admin.Call(h.ctx, http.MethodPost, "erasures", protocol.EraseRequest{Party: "U1", Reason: "    "}, nil), protocol.CodeBadMessage)
	h.refused(admin.Call(h.ctx, http.MethodPost, "erasures", protocol.EraseRequest{Party: "nobody", Reason: "asked"}, nil), protocol.CodeNotFound)
	var out protocol.Erasure
	h.must(admin.Call(h.ctx, http.MethodPost, "erasures", in, &out))
	if out.Links != 1 || out.Chats != 2 {
		t.Errorf("%+v", out)
	}
	h.eventually("the buyer's socket to end", func() bool { return buyer.Ended() != nil })
	h.refused(buyer.Ended(), protocol.CodeLinkRevoked)
	var table protocol.Timetable
	h.must(admin.Call(h.ctx, http.MethodGet, "timetable", nil, &table))
	if raw := strings.Join([]string{table.Buyers[0].Name, table.Buyers[0].Contact.Phone, table.Buyers[0].Contact.Person}, "|"); raw != "U1||" {
		t.Errorf("what is left of the buyer: %s", raw)
	}
	interpreter := h.enter("I1", talks)
	if s := interpreter.State(); len(s.Chat) != 1 || s.Chat[0].Text != "welcome, U1" {
		t.Errorf("who comes later still reads %+v", s.Chat)
	}
	var board any
	h.must(admin.Call(h.ctx, http.MethodGet, "board", nil, &board))
	if text := fmt.Sprint(board); strings.Contains(text, name) || !strings.Contains(text, "U1 is here") {
		t.Errorf("the board has %s in %s", name, text)
	}
	if got := h.entries(schedule.EntryErased); len(got) != 1 || got[0].By == "" || got[0].Detail != "U1" || got[0].Words != in.Reason {
		t.Errorf("%+v", got)
	}
}

func TestLedger_HasWhatCoordinatorsDidByRESTAndWhy(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t))
	console := h.desk("console")
	buyer := h.lobby("U1")
	h.must(buyer.Ask(h.ctx, protocol.TypeWait, protocol.Wait{Consultation: talks}, nil))
	post := func(path string, in, out any) {
		t.Helper()
		h.must(console.Call(h.ctx, http.MethodPost, path, in, out))
	}
	var edited protocol.Outcome
	post("edits", protocol.EditRequest{Revision: 1, Op: "cancel", Consultation: later, Reason: "the buyer is ill"}, &edited)
	var rehearsed protocol.Outcome
	post("edits?dry_run=true", protocol.EditRequest{Revision: 2, Op: "restore", Consultation: later, Reason: "to see"}, &rehearsed)
	var extended protocol.Extension
	post(onTalks+"extend", protocol.ExtendRequest{Revision: edited.Revision, Minutes: 5, Reason: "nearly there"}, &extended)
	if !edited.Applied || rehearsed.Applied || !extended.Applied {
		t.Fatalf("%+v %+v %+v", edited, rehearsed, extended)
	}
	var added protocol.LinkInfo
	post("links", protocol.AddLink{Role: "coordinator", Name: "Lee", Reason: "night shift"}, &added)
	why := "?reason=" + url.QueryEscape("lost phone")
	post("links/"+added.ID+"/reissue"+why, nil, nil)
	post("links/"+added.ID+"/revoke", nil, nil)
	note := protocol.SendNote{To: "S01/buyer", Key: "n1", Text: "two minutes, please"}
	for range 2 { // the repetition after a resume is no second note
		h.must(console.Ask(h.ctx, protocol.TypeNote, note, nil))
	}
	h.must(console.Ask(h.ctx, protocol.TypeNote, protocol.SendNote{To: "*", Key: "n2", Text: "lunch"}, nil))
	h.must(buyer.Wait(h.ctx, "both notes", func(s signaltest.State) bool { return len(s.Notes) == 2 }))
	want := []string{
		"edit cancel 2||the buyer is ill", "extend 5||nearly there", "link added " + added.ID + "||night shift",
		"link reissued " + added.ID + "||lost phone", "link revoked " + added.ID + "||",
		"write S01/buyer|S01/buyer|two minutes, please", "write *||lunch",
	}
	if got := h.acts(); !slices.Equal(got, want) {
		t.Errorf("the ledger has %q\nwant %q", got, want)
	}
	var log protocol.EditLog
	h.must(console.Call(h.ctx, http.MethodGet, "edits", nil, &log))
	if len(log.Edits) != 5 {
		t.Errorf("the record of changes: %+v", log.Edits)
	}
}

func TestLedger_HasSocketAndPathOfEverySeat(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t))
	buyer := h.enter("U1", talks)
	session := buyer.Session()
	kinds := func() (all []schedule.EntryKind) {
		h.must(h.store.Flush(h.ctx))
		h.must(h.store.Entries(h.ctx, h.event.ID, func(e schedule.Entry) error {
			switch e.Kind {
			case schedule.EntrySocketLost, schedule.EntrySocketBack, schedule.EntryPathUp, schedule.EntryPathDown:
				if e.Session != session || e.Seat != "S01/buyer" {
					t.Errorf("whose is %+v", e)
				}
				if e.Kind == schedule.EntryPathUp && e.Detail != "udp" {
					t.Errorf("route %q", e.Detail)
				}
				all = append(all, e.Kind)
			}
			return nil
		}))
		return all
	}
	said := func(want ...schedule.EntryKind) {
		t.Helper()
		h.eventually("the ledger to tell of socket and path", func() bool { return slices.Equal(kinds(), want) })
	}
	said(schedule.EntryPathUp)
	buyer.Cut()
	said(schedule.EntryPathUp, schedule.EntrySocketLost)
	h.must(buyer.Resume(h.ctx))
	said(schedule.EntryPathUp, schedule.EntrySocketLost, schedule.EntrySocketBack)
	h.must(buyer.Media().PeerConnection().Close())
	said(schedule.EntryPathUp, schedule.EntrySocketLost, schedule.EntrySocketBack, schedule.EntryPathDown)
	h.must(buyer.Rebuild(h.ctx))
	said(schedule.EntryPathUp, schedule.EntrySocketLost, schedule.EntrySocketBack, schedule.EntryPathDown, schedule.EntryPathUp)
}
