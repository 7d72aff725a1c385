package signaling

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store/storetest"
	"sangdam/signaling/desk"
	"sangdam/signaling/mail"
	"sangdam/signaling/protocol"
)

const publicURL = "https://meet.example.kr"

// newOffice is a rig with a desk, on a real Redis.
func newOffice(t *testing.T, change ...func(*desk.Deps)) *rig {
	t.Helper()
	url, _, _ := storetest.Redis(t)
	var r *rig
	r = newRigOn(t, url, func(d *Deps) {
		deps := desk.Deps{
			Store: d.Tokens.(desk.Store), Rooms: d.Registry.(desk.Rooms), Ledger: d.Tokens.(desk.Ledger), Keeper: testKeeper('k'), URL: publicURL,
			Out: func(ctx context.Context, id schedule.LinkID) { r.server.Expel(ctx, id) },
			Moved: func(ctx context.Context, e schedule.EventID, by schedule.Actor, c ...schedule.ConsultationID) {
				r.server.Moved(ctx, e, by, c...)
			},
			Online: func(e schedule.EventID, role schedule.Role, party string) bool {
				return r.server.Online(e, role, party)
			},
		}
		for _, c := range change {
			c(&deps)
		}
		d.Desk = desk.New(deps)
	})
	return r
}

// call makes a request with a token; out may be nil, a *[]byte or what the JSON
// is read into.
func (r *rig) call(method, token, path string, in, out any) int {
	r.t.Helper()
	var body io.Reader
	contentType := "application/json"
	switch b := in.(type) {
	case nil:
	case []byte:
		body, contentType = bytes.NewReader(b), "application/octet-stream"
	default:
		raw, err := json.Marshal(in)
		if err != nil {
			r.t.Fatal(err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.web.URL+"/api/v1/"+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	switch o := out.(type) {
	case nil:
	case *[]byte:
		*o = raw
	default:
		if err := json.Unmarshal(raw, out); err != nil {
			r.t.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	if resp.StatusCode >= http.StatusInternalServerError {
		r.t.Errorf("%s %s: %d %s\n%s", method, path, resp.StatusCode, raw, r.log)
	}
	return resp.StatusCode
}

// table is the rig's timetable as a file, with further lines.
func (r *rig) table(lines ...string) []byte {
	day := func(c schedule.Consultation) string {
		zone, err := time.LoadLocation("Asia/Seoul")
		if err != nil {
			r.t.Fatal(err)
		}
		return c.Start.In(zone).Format("2006-01-02") + "," + c.Start.In(zone).Format("15:04") + "," + c.End.In(zone).Format("15:04")
	}
	text := "consultation,date,start,end,timezone,booth,firm,firm_products,buyer,buyer_country,buyer_timezone,buyer_language,interpreter,interpreter_languages\n"
	for _, c := range r.event.Consultations {
		buyer := "Tekstil,TR,Europe/Istanbul,en"
		if c.Buyer == "U2" {
			buyer = "Tessuti,IT,Europe/Rome,it"
		}
		text += string(c.ID) + "," + day(c) + ",Asia/Seoul,Booth 1,Knit Co,knits," + buyer + `,Kim,"ko,tr"` + "\n"
	}
	return []byte(text + strings.Join(lines, ""))
}

// whole makes the rig's consultations begin at whole minutes, as files tell
// them, and far from midnight.
func (r *rig) whole() {
	r.t.Helper()
	zone, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		r.t.Fatal(err)
	}
	now := time.Now().In(zone)
	noon := time.Date(now.Year(), now.Month(), now.Day()+1, 12, 0, 0, 0, zone).UTC()
	for i := range r.event.Consultations {
		c := &r.event.Consultations[i]
		c.Start = noon.Add(time.Duration(i) * 2 * time.Hour)
		c.End = c.Start.Add(time.Hour)
	}
	if err := r.store.SaveEvent(r.t.Context(), r.event); err != nil {
		r.t.Fatal(err)
	}
	if err := r.server.registry.(desk.Rooms).Reload(r.t.Context(), "fair"); err != nil {
		r.t.Fatal(err)
	}
}

func TestDesk_IsForTheEventsConsoleAlone(t *testing.T) {
	r := newOffice(t)
	console, buyer := r.open("console").Token, r.open("buyer").Token
	for _, tt := range []struct {
		method, path string
		body         any
	}{
		{"GET", "timetable", nil},
		{"POST", "import?dry_run=true&revision=1", []byte("x")},
		{"POST", "edits", protocol.EditRequest{Op: "cancel", Consultation: "S02"}},
		{"GET", "edits", nil},
		{"POST", "consultations/S01/extend", protocol.ExtendRequest{Minutes: 5}},
		{"POST", "consultations/S01/verdict", protocol.VerdictRequest{Verdict: "held"}},
		{"GET", "links", nil},
		{"POST", "links", protocol.AddLink{Role: "coordinator", Name: "x"}},
		{"GET", "links.csv", nil},
		{"POST", "links/" + string(r.links["buyer"].Link.ID) + "/revoke", nil},
		{"POST", "links/" + string(r.links["buyer"].Link.ID) + "/reissue", nil},
		{"GET", "links/" + string(r.links["buyer"].Link.ID) + "/calendar.ics", nil},
		{"POST", "links/mail", protocol.MailRequest{}},
		{"GET", "readiness", nil},
	} {
		for token, want := range map[string]int{"": 401, "stranger": 401, buyer: 403} {
			if got := r.call(tt.method, token, "events/fair/"+tt.path, tt.body, nil); got != want {
				t.Errorf("%s %s as %.8q: %d, want %d", tt.method, tt.path, token, got, want)
			}
		}
		if got := r.call(tt.method, console, "events/other/"+tt.path, tt.body, nil); got != 403 {
			t.Errorf("%s %s of another event: %d", tt.method, tt.path, got)
		}
	}
}

func TestImport_ADryRunTellsAndOnlyTheOtherApplies(t *testing.T) {
	r := newOffice(t)
	r.whole()
	token := r.open("console").Token
	var now protocol.Timetable
	if r.call("GET", token, "events/fair/timetable", nil, &now) != 200 || now.Revision != 2 || len(now.Consultations) != 3 {
		t.Fatalf("%+v", now)
	}
	var same protocol.Outcome
	if got := r.call("POST", token, "events/fair/import?revision=2", r.table(), &same); got != 200 || !same.Applied || same.Same != 3 || same.Revision != 2 || len(same.Problems) != 0 {
		t.Fatalf("the same file again: %d %+v", got, same)
	}
	day := r.event.Consultations[0].Start.Add(24 * time.Hour).Format("2006-01-02")
	file := r.table("S04," + day + `,10:00,11:00,Asia/Seoul,Booth 2,Silk Co,silk,Yarn Ltd,GB,Europe/London,en,,` + "\n")
	var dry protocol.Outcome
	r.call("POST", token, "events/fair/import?dry_run=true&revision=2&name=t.csv", file, &dry)
	if dry.Applied || dry.Revision != 2 || !hasItem(dry.Plan, "consultation", "S04", "created") {
		t.Fatalf("%+v", dry)
	}
	var p protocol.Problem
	if got := r.call("POST", token, "events/fair/import?revision=1", file, &p); got != http.StatusConflict || p.Code != protocol.CodeConflict {
		t.Fatalf("on an old revision: %d %+v", got, p)
	}
	var done protocol.Outcome
	r.call("POST", token, "events/fair/import?revision=2", file, &done)
	if !done.Applied || done.Revision != 3 {
		t.Fatalf("%+v", done)
	}
	var links protocol.Links
	r.call("GET", token, "events/fair/links", nil, &links)
	found := false
	for _, l := range links.Links {
		if l.Name == "Yarn Ltd" {
			found = strings.HasPrefix(l.URL, publicURL+"/j/"+l.ID+"#") && len(l.Consultations) == 1
		}
		if l.ID == string(r.links["buyer"].Link.ID) && l.URL != publicURL+r.links["buyer"].Path {
			t.Errorf("the buyer's link is now %s", l.URL)
		}
	}
	if !found {
		t.Errorf("no link for the new buyer in %+v", links)
	}
	if rows, err := r.server.registry.Rows(t.Context(), "fair"); err != nil || len(rows) != 4 {
		t.Errorf("%d rows on the board, %v", len(rows), err)
	}
	var log protocol.EditLog
	r.call("GET", token, "events/fair/edits", nil, &log)
	if len(log.Edits) != 1 || log.Edits[0].Op != "import" || log.Edits[0].By != "Yangju" || log.Edits[0].Revision != 3 || log.Edits[0].Link != string(r.links["console"].Link.ID) {
		t.Errorf("%+v", log)
	}

	bad := bytes.Replace(file, []byte("Europe/London"), []byte("Europe/Londn"), 1)
	var refused protocol.Outcome
	r.call("POST", token, "events/fair/import?revision=3", bad, &refused)
	if refused.Applied || refused.Revision != 3 || len(refused.Problems) == 0 || refused.Problems[0].Row != 5 || refused.Problems[0].Column != "buyer_timezone" {
		t.Errorf("%+v", refused)
	}
	if got := r.call("POST", token, "events/fair/import?revision=3", bytes.Repeat([]byte("x"), 5<<20+1), &p); got != http.StatusRequestEntityTooLarge || p.Code != protocol.CodeTooLarge {
		t.Errorf("a file beyond the limit: %d %+v", got, p)
	}
}

func hasItem(plan []protocol.PlanItem, what, id, change string) bool {
	for _, i := range plan {
		if i.What == what && i.ID == id && i.Change == change {
			return true
		}
	}
	return false
}

func TestImport_OfTwoAtOnceOneIsRefused(t *testing.T) {
	r := newOffice(t)
	r.whole()
	token := r.open("console").Token
	var wg sync.WaitGroup
	codes := make([]int, 4)
	day := r.event.Consultations[0].Start.Add(48 * time.Hour).Format("2006-01-02")
	for i := range codes {
		wg.Go(func() {
			line := "X" + string(rune('1'+i)) + "," + day + `,10:00,11:00,Asia/Seoul,Booth 1,Knit Co,knits,Tekstil,TR,Europe/Istanbul,en,,` + "\n"
			codes[i] = r.call("POST", token, "events/fair/import?revision=2", r.table(line), nil)
		})
	}
	wg.Wait()
	done := 0
	for _, c := range codes {
		switch c {
		case 200:
			done++
		case 409:
		default:
			t.Errorf("%v", codes)
		}
	}
	e, err := r.store.Event(t.Context(), "fair")
	if err != nil || done != 1 || len(e.Consultations) != 4 || e.Revision != 3 {
		t.Errorf("%v: %d consultations at revision %d, %v", codes, len(e.Consultations), e.Revision, err)
	}
}

func TestImport_WhatIsLiveStaysAndIsTold(t *testing.T) {
	r := newOffice(t)
	buyer, booth := r.visit("buyer"), r.visit("booth")
	buyer.join("S01")
	booth.join("S01")
	token := r.open("console").Token
	eventually(t, "S01 is live", func() bool {
		var now protocol.Timetable
		r.call("GET", token, "events/fair/timetable", nil, &now)
		return now.Consultations[0].Phase == "live"
	})
	day := time.Now().Add(72 * time.Hour).Format("2006-01-02")
	file := []byte("consultation,date,start,end,timezone,booth,firm,firm_products,buyer,buyer_country,buyer_timezone,buyer_language,interpreter,interpreter_languages\n" +
		"S09," + day + `,10:00,11:00,Asia/Seoul,Booth 1,Knit Co,knits,Tekstil,TR,Europe/Istanbul,en,,` + "\n")
	var out protocol.Outcome
	r.call("POST", token, "events/fair/import?revision=1", file, &out)
	if !out.Applied || !hasItem(out.Plan, "consultation", "S01", "refused") || !hasItem(out.Plan, "consultation", "S02", "cancelled") || !hasItem(out.Plan, "consultation", "S09", "created") {
		t.Fatalf("%+v", out)
	}
	booth.ask("chat", protocol.Say{Key: "k", Text: "still here"}, "ok", nil)
	buyer.change("the room goes on", func(ch protocol.Change) bool { return ch.Chat != nil })
}

func TestEdit_IsCheckedRecordedAndReachesTheRooms(t *testing.T) {
	r := newOffice(t)
	r.whole()
	token := r.open("console").Token
	edit := func(in protocol.EditRequest, dry bool) (out protocol.Outcome) {
		t.Helper()
		path := "events/fair/edits"
		if dry {
			path += "?dry_run=true"
		}
		if got := r.call("POST", token, path, in, &out); got != 200 {
			t.Fatalf("%+v: %d", in, got)
		}
		return out
	}
	start := r.event.Consultations[0].Start // S02 onto S01's time: everybody twice
	in := protocol.EditRequest{Revision: 2, Op: "reschedule", Consultation: "S02", Start: start.Format(time.RFC3339)}
	out := edit(in, true)
	fresh := 0
	for _, c := range out.Conflicts {
		if c.New {
			fresh++
		}
	}
	if out.Applied || fresh == 0 || !hasItem(out.Plan, "consultation", "S02", "changed") {
		t.Fatalf("%+v", out)
	}
	if out = edit(protocol.EditRequest{Revision: 2, Op: "cancel", Consultation: "S02"}, false); !out.Applied || out.Revision != 3 {
		t.Fatalf("%+v", out)
	}
	eventually(t, "the board says so", func() bool { // the clock looks again by itself
		rows, err := r.server.registry.Rows(t.Context(), "fair")
		return err == nil && rows[1].Clock.Phase == schedule.PhaseCancelled
	})
	if out = edit(protocol.EditRequest{Revision: 3, Op: "cancel", Consultation: "S02"}, false); out.Applied || out.Refusal == nil || out.Refusal.Consultation != "S02" {
		t.Errorf("cancelled twice: %+v", out)
	}
	out = edit(protocol.EditRequest{Revision: 3, Op: "add_stand_by", NewBuyer: &protocol.TimetableBuyer{Name: "Wool AG", Country: "DE", Zone: "Europe/Berlin", Language: "de", Contact: protocol.Contact{Email: "a@wool.example"}}}, false)
	if !out.Applied {
		t.Fatalf("%+v", out)
	}
	var p protocol.Problem
	if got := r.call("POST", token, "events/fair/edits", protocol.EditRequest{Revision: 2, Op: "restore", Consultation: "S02"}, &p); got != http.StatusConflict || p.Code != protocol.CodeConflict {
		t.Errorf("on an old revision: %d %+v", got, p)
	}
	var now protocol.Timetable
	r.call("GET", token, "events/fair/timetable", nil, &now)
	policy := now.Policy
	policy.ExtensionMinutes, policy.Seats = []int{15}, 2
	if out = edit(protocol.EditRequest{Revision: now.Revision, Op: "set_policy", Policy: &policy}, false); !out.Applied || !hasItem(out.Plan, "policy", "", "changed") {
		t.Errorf("%+v", out)
	}
	e, err := r.store.Event(t.Context(), "fair")
	if err != nil || e.Policy.Seats != 2 || e.Policy.WithDefaults().Farewell != schedule.DefaultPolicy().Farewell {
		t.Errorf("%+v %v", e.Policy, err)
	}
	var log protocol.EditLog
	r.call("GET", token, "events/fair/edits?limit=2", nil, &log)
	if len(log.Edits) != 2 || log.Edits[0].Op != "set_policy" || log.Next == "" {
		t.Fatalf("%+v", log)
	}
	r.call("GET", token, "events/fair/edits?before="+log.Next, nil, &log)
	if len(log.Edits) != 1 || log.Edits[0].Op != "cancel" {
		t.Errorf("%+v", log)
	}
	if got := r.call("GET", token, "events/fair/edits?before=yesterday", nil, &p); got != 400 {
		t.Errorf("a page before nothing: %d", got)
	}
}

func TestExtend_ThePreviewIsWhatHappens(t *testing.T) {
	r := newOffice(t)
	token := r.open("console").Token
	path := "events/fair/consultations/S01/extend"
	var preview, done protocol.Extension
	r.call("POST", token, path+"?dry_run=true", protocol.ExtendRequest{Revision: 1, Minutes: 5}, &preview)
	end := r.event.Consultations[0].End
	if preview.Applied || !preview.EndsAt.Equal(end.Add(5*time.Minute)) || preview.Refusal != nil {
		t.Fatalf("%+v", preview)
	}
	r.call("POST", token, path, protocol.ExtendRequest{Revision: 1, Minutes: 5}, &done)
	if !done.Applied || done.Revision != 2 || !done.EndsAt.Equal(preview.EndsAt) {
		t.Fatalf("%+v", done)
	}
	rows, err := r.server.registry.Rows(t.Context(), "fair")
	if err != nil || !rows[0].Clock.EndsAt.Equal(done.EndsAt) {
		t.Errorf("the room ends at %v, %v", rows[0].Clock.EndsAt, err)
	}
	var p protocol.Problem
	if got := r.call("POST", token, path, protocol.ExtendRequest{Revision: 1, Minutes: 5}, &p); got != http.StatusConflict {
		t.Errorf("a second coordinator who saw another preview: %d", got)
	}
	var refused protocol.Extension
	r.call("POST", token, path, protocol.ExtendRequest{Revision: 2, Minutes: 7}, &refused)
	if refused.Applied || refused.Refusal == nil {
		t.Errorf("a step that the policy has not: %+v", refused)
	}
}

func TestVerdict_StandsOnTheBoardAndInTheRecord(t *testing.T) {
	r := newOffice(t)
	token := r.open("console").Token
	var v protocol.VerdictRecord
	if got := r.call("POST", token, "events/fair/consultations/S01/verdict", protocol.VerdictRequest{Verdict: "technical", Reason: "no network"}, &v); got != 200 || v.By != "Yangju" {
		t.Fatalf("%d %+v", got, v)
	}
	var a protocol.Attendance
	r.call("GET", token, "events/fair/attendance", nil, &a)
	if got := a.Consultations[0]; got.Verdict != "technical" || got.Decided == nil || got.Decided.Reason != "no network" {
		t.Errorf("%+v", got)
	}
	var p protocol.Problem
	if got := r.call("POST", token, "events/fair/consultations/S02/verdict", protocol.VerdictRequest{Verdict: "held"}, &p); got != 409 || p.Code != protocol.CodeTooEarly {
		t.Errorf("of tomorrow: %d %+v", got, p)
	}
	if got := r.call("POST", token, "events/fair/consultations/S01/verdict", protocol.VerdictRequest{Verdict: "splendid"}, &p); got < 400 || got >= 500 {
		t.Errorf("no verdict: %d", got)
	}
}

func TestLinks_ARevokedOneThrowsOutAndAReissuedOneBeginsAnew(t *testing.T) {
	r := newOffice(t)
	token := r.open("console").Token
	buyer, booth := r.visit("buyer"), r.visit("booth")
	buyer.join("S01")
	booth.join("S01")
	old := r.links["buyer"]
	path := "events/fair/links/" + string(old.Link.ID)
	var info protocol.LinkInfo
	if got := r.call("POST", token, path+"/reissue", nil, &info); got != 200 || info.Version != 2 || info.URL == publicURL+old.Path || info.RevokedAt != nil || info.UsedAt != nil {
		t.Fatalf("%d %+v", got, info)
	}
	buyer.closed(protocol.CodeLinkRevoked)
	booth.change("the buyer was removed", func(ch protocol.Change) bool { return ch.Left != nil && ch.Left.Reason == "removed" })
	r.dial().refused("hello", protocol.Hello{Token: buyer.token, Profile: "room", Offer: "v=0"}, protocol.CodeLinkRevoked)
	if status, p := r.tryOpen(old.Link.ID, old.Secret, ""); status != http.StatusNotFound || p.Code != protocol.CodeLinkUnknown {
		t.Errorf("the old secret: %d %+v", status, p)
	}
	_, secret, _ := strings.Cut(info.URL, "#")
	if status, _ := r.tryOpen(old.Link.ID, secret, buyer.token); status != 200 {
		t.Errorf("the new secret: %d", status)
	}
	var gone protocol.LinkInfo
	if got := r.call("POST", token, path+"/revoke", nil, &gone); got != 200 || gone.RevokedAt == nil || gone.URL != "" {
		t.Errorf("%d %+v", got, gone)
	}
	if status, p := r.tryOpen(old.Link.ID, secret, ""); status != http.StatusGone || p.Code != protocol.CodeLinkRevoked {
		t.Errorf("revoked: %d %+v", status, p)
	}
	self := "events/fair/links/" + string(r.links["console"].Link.ID)
	if got := r.call("POST", token, self+"/revoke", nil, nil); got != 403 {
		t.Errorf("a coordinator shut itself out: %d", got)
	}
	if got := r.call("POST", token, "events/fair/links/nobody/revoke", nil, nil); got != 404 {
		t.Errorf("a link that is not there: %d", got)
	}
	var log protocol.EditLog
	r.call("GET", token, "events/fair/edits", nil, &log)
	if len(log.Edits) != 2 || log.Edits[0].Op != "link_revoked" || log.Edits[1].Op != "link_reissued" {
		t.Errorf("%+v", log)
	}
}

func TestLinks_AColleagueSitsOnASeatOfItsOwn(t *testing.T) {
	r := newOffice(t)
	token := r.open("console").Token
	r.visit("buyer").join("S01")
	var info protocol.LinkInfo
	if got := r.call("POST", token, "events/fair/links", protocol.AddLink{Role: "buyer", Party: "U1"}, &info); got != 200 || info.Seat != 2 || info.Name != "Tekstil" {
		t.Fatalf("%d %+v", got, info)
	}
	_, secret, _ := strings.Cut(info.URL, "#")
	var b protocol.Bootstrap
	if got := r.post("/api/v1/links/"+info.ID+"/open", protocol.OpenLink{Secret: secret}, &b); got != 200 || b.Seat != 2 || len(b.Consultations) != 2 || b.Zone != "Europe/Istanbul" {
		t.Fatalf("%d %+v", got, b)
	}
	if j := r.hello(b.Token, false).join("S01"); j.Snapshot.Consultation.Seat != "S01/buyer/2" || len(j.Snapshot.Participants) != 2 {
		t.Errorf("%+v", j.Snapshot)
	}
	r.call("POST", token, "events/fair/links", protocol.AddLink{Role: "buyer", Party: "U1"}, nil)
	var p protocol.Problem
	if got := r.call("POST", token, "events/fair/links", protocol.AddLink{Role: "buyer", Party: "U1"}, &p); got != 409 || p.Code != protocol.CodeRoomFull {
		t.Errorf("beyond the seats of the policy: %d %+v", got, p)
	}
	if got := r.call("POST", token, "events/fair/links", protocol.AddLink{Role: "buyer", Party: "U9"}, nil); got != 404 {
		t.Errorf("of nobody: %d", got)
	}
	r.call("POST", token, "events/fair/links", protocol.AddLink{Role: "coordinator", Name: "Kim"}, &info)
	_, secret, _ = strings.Cut(info.URL, "#")
	r.post("/api/v1/links/"+info.ID+"/open", protocol.OpenLink{Secret: secret}, &b)
	if b.Kind != "console" || b.You.Name != "Kim" {
		t.Errorf("%+v", b.You)
	}
}

func TestLinks_TheTableIsSafeInASpreadsheet(t *testing.T) {
	r := newOffice(t)
	r.event.Buyers[0].Name = `=HYPERLINK("http://evil.example")`
	r.event.Buyers[0].Contact = schedule.Contact{Phone: "+90 1", Email: "a@b.example"}
	r.whole()
	var raw []byte
	r.call("GET", r.open("console").Token, "events/fair/links.csv", nil, &raw)
	if !bytes.HasPrefix(raw, []byte("\ufeff")) {
		t.Error("no byte order mark")
	}
	rows, err := csv.NewReader(bytes.NewReader(raw[3:])).ReadAll()
	if err != nil || len(rows) != 6 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
				t.Errorf("a spreadsheet computes %q", cell)
			}
		}
	}
}

// A sheet for everybody is printed in one go, and the console goes on working.
func TestQR_AFairsSheetsArePrintedAtOnce(t *testing.T) {
	r := newOffice(t)
	token := r.open("console").Token
	for n := range 200 {
		if got := r.call("POST", token, "qr", protocol.QRRequest{Text: publicURL + r.links["buyer"].Path}, nil); got != 200 {
			t.Fatalf("picture %d: %d", n+1, got)
		}
	}
	if got := r.call("GET", token, "events/fair/links", nil, nil); got != 200 {
		t.Errorf("the links: %d", got)
	}
}

func TestQR_DrawsLinksOfOursAlone(t *testing.T) {
	r := newOffice(t)
	console, buyer := r.open("console").Token, r.open("buyer").Token
	mine := publicURL + r.links["buyer"].Path
	var svg []byte
	for _, token := range []string{console, buyer} {
		if got := r.call("POST", token, "qr", protocol.QRRequest{Text: mine}, &svg); got != 200 || !bytes.HasPrefix(svg, []byte("<svg ")) {
			t.Errorf("%d %.60s", got, svg)
		}
	}
	for _, text := range []string{
		"", "https://evil.example" + r.links["buyer"].Path, publicURL + "/j/" + string(r.links["buyer"].Link.ID) + "#wrong",
		publicURL + "/elsewhere", publicURL + "/j/nobody#x", mine + "x",
	} {
		if got := r.call("POST", console, "qr", protocol.QRRequest{Text: text}, nil); got != 403 {
			t.Errorf("%q was drawn: %d", text, got)
		}
	}
	if got := r.call("POST", buyer, "qr", protocol.QRRequest{Text: publicURL + r.links["booth"].Path}, nil); got != 403 {
		t.Errorf("another's link: %d", got)
	}
}

func TestOwn_CalendarTestAndConsent(t *testing.T) {
	r := newOffice(t)
	b := r.open("buyer")
	if b.Notice.Consent != nil || len(b.Notice.Records) == 0 || b.InvitedAt.IsZero() || b.Country != "TR" {
		t.Fatalf("%+v", b)
	}
	var ics []byte
	if got := r.call("GET", b.Token, "me/calendar.ics", nil, &ics); got != 200 || bytes.Count(ics, []byte("BEGIN:VEVENT")) != 2 {
		t.Errorf("%d %s", got, ics)
	}
	var c protocol.Consent
	if got := r.call("POST", b.Token, "me/consent", protocol.ConsentRequest{Notice: b.Notice.Name}, &c); got != 200 || c.At.IsZero() {
		t.Errorf("%d %+v", got, c)
	}
	if got := r.call("POST", b.Token, "me/consent", protocol.ConsentRequest{Notice: "another"}, nil); got != 409 {
		t.Errorf("to another notice: %d", got)
	}
	if again := r.open("buyer"); again.Notice.Consent == nil {
		t.Error("the consent is forgotten")
	}
	good := protocol.Readiness{Microphone: "passed", Camera: "failed", Speaker: "passed", Media: "passed", RTTMS: 120, Browser: "Firefox 140", Supported: true, Zone: "Europe/Istanbul"}
	if got := r.call("POST", b.Token, "me/readiness", good, nil); got != 204 {
		t.Errorf("%d", got)
	}
	bad := good
	bad.Camera = "splendid"
	if got := r.call("POST", b.Token, "me/readiness", bad, nil); got < 400 || got >= 500 {
		t.Errorf("a result that is none: %d", got)
	}
	console := r.open("console").Token
	var board protocol.ReadinessBoard
	r.call("GET", console, "events/fair/readiness", nil, &board)
	lights := map[string]string{}
	for _, l := range board.Links {
		lights[l.Name] = l.Light + " " + strings.Join(l.Reasons, " ")
	}
	if len(board.Links) != 4 || lights["Tekstil"] != "amber camera_failed" || lights["Booth 1"] != "untested " {
		t.Errorf("%v", lights)
	}
	var links protocol.Links
	r.call("GET", console, "events/fair/links", nil, &links)
	for _, l := range links.Links {
		if (l.ConsentAt != nil) != (l.Name == "Tekstil") {
			t.Errorf("%s: consent %v", l.Name, l.ConsentAt)
		}
	}
	if got := r.call("GET", console, "me/calendar.ics", nil, nil); got != 404 {
		t.Errorf("a console's calendar: %d", got)
	}
}

func TestMail_ADryRunSendsNothingAndWhoWasWrittenToIsNotAgain(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var connections atomic.Int32
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := server.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			_, _ = c.Write([]byte("554 closed today\r\n"))
			_ = c.Close()
		}
	})
	sender, err := mail.NewSender(mail.Config{URL: "smtp://" + server.Addr().String(), From: "fair@example.kr"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		sender.Close()
		_ = server.Close()
		serving.Wait()
	})
	r := newOffice(t, func(d *desk.Deps) { d.Mail = sender })
	r.event.Buyers[0].Contact.Email, r.event.Buyers[1].Contact.Email = "ana@tekstil.example", "ugo@tessuti.example"
	r.whole()
	console := r.open("console")
	if !console.Mail || r.open("buyer").Mail {
		t.Error("consoles alone learn that there is mail")
	}
	var dry protocol.MailReport
	r.call("POST", console.Token, "events/fair/links/mail?dry_run=true", protocol.MailRequest{}, &dry)
	if dry.Queued != 0 || len(dry.Letters) != 2 || len(dry.Skipped) != 1 || dry.Skipped[0].Reason != "no_address" {
		t.Fatalf("%+v", dry)
	}
	for _, l := range dry.Letters {
		if !strings.Contains(l.Text, publicURL+"/j/"+l.Link+"#") {
			t.Errorf("no link in %s", l.Text)
		}
	}
	time.Sleep(50 * time.Millisecond)
	if n := connections.Load(); n != 0 {
		t.Errorf("a dry run talked to the mail server %d times", n)
	}
	if err := r.store.LinkSent(t.Context(), r.links["buyer"].Link.ID, time.Now()); err != nil {
		t.Fatal(err)
	}
	var sent protocol.MailReport
	r.call("POST", console.Token, "events/fair/links/mail", protocol.MailRequest{}, &sent)
	if sent.Queued != 1 || len(sent.Letters) != 0 {
		t.Errorf("%+v", sent)
	}
	eventually(t, "the mail server is asked", func() bool { return connections.Load() > 0 })
	r.call("POST", console.Token, "events/fair/links/mail?dry_run=true", protocol.MailRequest{Links: []string{string(r.links["buyer"].Link.ID)}}, &dry)
	if len(dry.Letters) != 1 {
		t.Errorf("who is named is written to again: %+v", dry)
	}
}

func TestMail_WithoutAServerThereIsAPreviewAlone(t *testing.T) {
	r := newOffice(t)
	token := r.open("console").Token
	if got := r.call("POST", token, "events/fair/links/mail", protocol.MailRequest{}, nil); got != 404 {
		t.Errorf("%d", got)
	}
	if got := r.call("POST", token, "events/fair/links/mail?dry_run=true", protocol.MailRequest{}, nil); got != 200 {
		t.Errorf("the preview: %d", got)
	}
}

// tested is a network test of a hotel that lets no UDP out.
func tested() protocol.NetworkTest {
	return protocol.NetworkTest{
		At: time.Now().Add(-time.Minute).UTC().Truncate(time.Second), Socket: "passed", UDP: "failed", TCP: "passed", TLS: "passed",
		Path: "relay", Route: "relay", RTTMS: 250, JitterMS: 12.5, LossUp: 0.01, LossDown: 0.02, UpKbps: 1200, DownKbps: 2400,
	}
}

func TestOwn_R61_TheNetworkTestIsKeptForTheCoordinator(t *testing.T) {
	r := newOffice(t)
	b := r.open("buyer")
	n := tested()
	test := protocol.Readiness{Microphone: "passed", Camera: "passed", Speaker: "passed", Media: "passed", Supported: true, Network: &n}
	if got := r.call("POST", b.Token, "me/readiness", test, nil); got != 204 {
		t.Fatalf("%d", got)
	}
	var board protocol.ReadinessBoard
	r.call("GET", r.open("console").Token, "events/fair/readiness", nil, &board)
	i := slices.IndexFunc(board.Links, func(l protocol.LinkReadiness) bool { return l.Name == "Tekstil" })
	if i < 0 || board.Links[i].Test == nil || board.Links[i].Test.Network == nil {
		t.Fatalf("%+v", board.Links)
	}
	if l := board.Links[i]; l.Light != "amber" || !slices.Equal(l.Reasons, []string{"network_udp_blocked"}) || *l.Test.Network != n {
		t.Errorf("%s %v %+v, want %+v", l.Light, l.Reasons, *l.Test.Network, n)
	}
	if got := r.open("buyer").Path; got != "relay" {
		t.Errorf("the next page begins with %q", got)
	}
	n.At = n.At.Add(time.Second)
	n.Path, n.Route, n.UDP = "normal", "udp", "passed" // in another hotel
	r.call("POST", b.Token, "me/readiness", test, nil)
	if got := r.open("buyer").Path; got != "normal" {
		t.Errorf("after another test the next page begins with %q", got)
	}
	n.Path = "relay" // the same test told again, with the camera's that came after it
	r.call("POST", b.Token, "me/readiness", test, nil)
	if got := r.open("buyer").Path; got != "normal" {
		t.Errorf("an old test told again, and the next page begins with %q", got)
	}
	again := test
	again.Network = nil // a page that was opened anew
	r.call("POST", b.Token, "me/readiness", again, nil)
	r.call("GET", r.open("console").Token, "events/fair/readiness", nil, &board)
	if got := board.Links[i].Test.Network; got == nil || *got != n {
		t.Errorf("after a report without it the network test is %+v", got)
	}
	n.At = n.At.Add(time.Second)
	n.Path, n.Route = "audio", "" // nothing worked: that is no path to begin with
	r.call("POST", b.Token, "me/readiness", test, nil)
	if got := r.open("buyer").Path; got != "normal" {
		t.Errorf("after a test without result the next page begins with %q", got)
	}
	n.At = time.Now().Add(time.Hour) // the device's clock is ahead
	r.call("POST", b.Token, "me/readiness", test, nil)
	r.call("GET", r.open("console").Token, "events/fair/readiness", nil, &board)
	if at := board.Links[i].Test.Network.At; at.After(time.Now()) {
		t.Errorf("tested in the future: %v", at)
	}
}

func TestOwn_R61_ANetworkTestOutOfItsBounds(t *testing.T) {
	r := newOffice(t)
	b := r.open("buyer")
	for name, change := range map[string]func(*protocol.NetworkTest){
		"more than all lost":  func(n *protocol.NetworkTest) { n.LossUp = 1.01 },
		"less than none lost": func(n *protocol.NetworkTest) { n.LossDown = -0.01 },
		"a rate below zero":   func(n *protocol.NetworkTest) { n.UpKbps = -1 },
		"a rate of no line":   func(n *protocol.NetworkTest) { n.DownKbps = 1e8 },
		"an hour's way":       func(n *protocol.NetworkTest) { n.RTTMS = 3_600_000 },
		"negative jitter":     func(n *protocol.NetworkTest) { n.JitterMS = -1 },
		"an unknown path":     func(n *protocol.NetworkTest) { n.Path = "pigeon" },
		"no path":             func(n *protocol.NetworkTest) { n.Path = "" },
		"an unknown route":    func(n *protocol.NetworkTest) { n.Route = "road" },
		"an unknown result":   func(n *protocol.NetworkTest) { n.TLS = "splendid" },
	} {
		n := tested()
		change(&n)
		if err := n.Check(); err == nil {
			t.Errorf("%s is within the bounds", name)
		}
		test := protocol.Readiness{Microphone: "passed", Camera: "passed", Speaker: "passed", Media: "passed", Supported: true, Network: &n}
		if got := r.call("POST", b.Token, "me/readiness", test, nil); got < 400 || got >= 500 {
			t.Errorf("%s: %d", name, got)
		}
	}
	for _, nan := range []func(*protocol.NetworkTest){ // JSON has no such number; our own code might
		func(n *protocol.NetworkTest) { n.LossUp = math.NaN() }, func(n *protocol.NetworkTest) { n.UpKbps = math.NaN() },
		func(n *protocol.NetworkTest) { n.RTTMS = math.Inf(1) },
	} {
		n := tested()
		nan(&n)
		if err := n.Check(); err == nil {
			t.Errorf("%+v is within the bounds", n)
		}
	}
}

// A buyer tries the network on any day from when the link was made, the doors of
// the consultation being shut and the day another.
func TestLobby_R61_TheTestNeedsNoOpenDoors(t *testing.T) {
	r := newOffice(t)
	b := r.open("buyer")
	c := r.dial()
	c.ask("hello", protocol.Hello{Token: b.Token, Profile: "room", Offer: "v=0"}, "hello", nil)
	var w protocol.Waiting
	c.ask("wait", protocol.Wait{Consultation: "S03"}, "waiting", &w)
	if w.Clock.Phase != "scheduled" {
		t.Fatalf("the doors of S03 are open: %+v", w.Clock)
	}
	c.seq = w.Seq
	c.ask("probe", protocol.Probe{Offer: "a probe", Route: "tcp"}, "probe", nil)
	c.ask("practice", nil, "practice", nil)
	c.ask("probe", protocol.Probe{Offer: "a probe", Route: "udp"}, "probe", nil)
	n := tested()
	test := protocol.Readiness{Microphone: "passed", Camera: "untested", Speaker: "passed", Media: "passed", Supported: true, Network: &n}
	if got := r.call("POST", b.Token, "me/readiness", test, nil); got != 204 {
		t.Errorf("the result: %d", got)
	}
	c.refused("join", protocol.Join{Consultation: "S03"}, protocol.CodeTooEarly)
}
