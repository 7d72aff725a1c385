package signaling

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sangdam/rooms/attendance"
	"sangdam/rooms/report"
	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/signaling/protocol"
)

// kept is a record in memory, with a key that signs what it has at once.
type kept struct {
	entries []schedule.Entry
	heads   []schedule.Head
	rooms   map[schedule.ConsultationID]schedule.RoomState
	quality []schedule.SeatQuality
	key     ed25519.PrivateKey // nil: nothing can be signed
	err     error              // of whatever is read
}

func (k *kept) Flush(context.Context) error { return errors.New("not all of it is there yet") }

func (k *kept) Entries(_ context.Context, _ schedule.EventID, fn func(schedule.Entry) error) error {
	for _, e := range k.entries {
		if err := fn(e); err != nil {
			return err
		}
	}
	return k.err
}

func (k *kept) Presences(context.Context, schedule.EventID) ([]schedule.Presence, error) {
	return nil, k.err
}

func (k *kept) RoomStates(context.Context, schedule.EventID) (map[schedule.ConsultationID]schedule.RoomState, error) {
	return k.rooms, k.err
}

func (k *kept) Quality(context.Context, schedule.EventID) ([]schedule.SeatQuality, error) {
	return k.quality, k.err
}

func (k *kept) Heads(context.Context, schedule.EventID) ([]schedule.Head, error) {
	return slices.Clone(k.heads), k.err
}

func (k *kept) Keys(context.Context) (attendance.Keys, error) {
	keys := attendance.Keys{}
	if k.key != nil {
		pub := k.key.Public().(ed25519.PublicKey)
		keys[attendance.KeyID(pub)] = pub
	}
	return keys, k.err
}

func (k *kept) SignHead(_ context.Context, e schedule.EventID) (schedule.Head, error) {
	if k.key == nil {
		return schedule.Head{}, store.ErrNoKey
	}
	h := schedule.Head{Event: e, Entries: int64(len(k.entries)), At: time.Now()}
	if n := len(k.entries); n > 0 {
		h.Hash = k.entries[n-1].Hash
	}
	h = attendance.SignHead(k.key, h)
	k.heads = append(k.heads, h)
	return h, nil
}

func (k *kept) SealPack(e schedule.EventID, manifest []byte) (attendance.PackSeal, error) {
	return attendance.SealPack(k.key, e, manifest), nil
}

func (k *kept) add(all ...schedule.Entry) {
	for _, e := range all {
		prev := attendance.Genesis
		if n := len(k.entries); n > 0 {
			prev = k.entries[n-1].Hash
		}
		e.ID, e.Event = string(rune('a'+len(k.entries))), "fair"
		if e.Words != "" {
			e.Salt = "salt"
		}
		k.entries = append(k.entries, attendance.Seal(prev, e))
	}
}

// newKept is the record of a consultation in which the buyer came late.
func newKept(e *schedule.Event) *kept {
	c := e.Consultations[0]
	in := func(role schedule.Role, minute int, kind schedule.EntryKind, detail string) schedule.Entry {
		return schedule.Entry{
			At: c.Start.Add(time.Duration(minute) * time.Minute), Kind: kind, Consultation: c.ID, Seat: schedule.SeatOf(c.ID, role), Session: string(role), Detail: detail,
		}
	}
	k := &kept{key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, ed25519.SeedSize)), rooms: map[schedule.ConsultationID]schedule.RoomState{}}
	called := in(schedule.RoleBuyer, 4, schedule.EntryContact, "coming 2")
	called.Session, called.By, called.Words = "", "acc-1", "in traffic"
	k.add(
		in(schedule.RoleFirm, -5, schedule.EntrySeatJoined, ""), called, in(schedule.RoleBuyer, 6, schedule.EntrySeatJoined, ""),
		in(schedule.RoleBuyer, 26, schedule.EntrySeatLeft, "left"), in(schedule.RoleFirm, 27, schedule.EntrySeatLeft, "left"),
	)
	contacted := schedule.ReadContacted(k.entries[1])
	contacted.Name = "Kim"
	k.rooms[c.ID] = schedule.RoomState{Contacts: []schedule.Contacted{contacted}}
	k.quality = []schedule.SeatQuality{{Consultation: c.ID, Seat: schedule.SeatOf(c.ID, schedule.RoleBuyer), Session: "buyer", From: c.Start, To: c.End, Route: "udp", RTTMedian: 180 * time.Millisecond}}
	return k
}

func past() *schedule.Event { return fair(time.Now().Add(-3 * 24 * time.Hour)) }

func TestConsultationReport_HasAllThatIsKnown(t *testing.T) {
	e := past()
	k := newKept(e)
	id := e.Consultations[0].ID
	k.add(schedule.Entry{At: e.Consultations[0].End, Kind: schedule.EntryStaff, Consultation: id, Detail: "report consultation", By: "acc-1"})
	k.add(schedule.Entry{At: e.Consultations[0].End, Kind: schedule.EntryPhase, Consultation: "S02", Detail: "open"})
	got, err := NewRecords(k).Consultation(t.Context(), e, id)
	if err != nil {
		t.Fatal(err)
	}
	r := got.Record
	if r.Verdict != "held" || r.TogetherSeconds != 20*60 || r.Firm != got.Firm.Name || got.Buyer.Country != "TR" || got.Interpreter == nil {
		t.Errorf("%+v", got)
	}
	if len(r.Contacts) != 1 || r.Contacts[0].Name != "Kim" || r.Contacts[0].Words != "in traffic" || r.Contacts[0].ExpectedAt == nil {
		t.Errorf("contacts %+v", r.Contacts)
	}
	if late := r.Seats[1].LateSeconds; late != 6*60 || r.Seats[0].LateSeconds != 0 {
		t.Errorf("buyer late by %d s", late)
	}
	if len(r.Evidence) == 0 || r.Evidence[0].Entry == "" {
		t.Errorf("evidence %+v", r.Evidence)
	}
	if len(got.Quality) != 1 || got.Quality[0].RTTMedianMS != 180 {
		t.Errorf("quality %+v", got.Quality)
	}
	var kinds []string
	for _, en := range got.Entries {
		kinds = append(kinds, en.Kind)
	}
	if want := []string{"seat_joined", "contact", "seat_joined", "seat_left", "seat_left"}; !slices.Equal(kinds, want) {
		t.Errorf("entries %v", kinds)
	}
	if got.Head == nil || !got.Head.Covers || got.Head.Entries != int64(len(k.entries)) {
		t.Errorf("head %+v", got.Head)
	}
	if _, err := NewRecords(k).Consultation(t.Context(), e, "S99"); !isCode(err, protocol.CodeNotFound) {
		t.Errorf("a consultation that there is not: %v", err)
	}
}

// To read is not to write: a head is signed only when none covers what is told.
func TestConsultationReport_SignsNoMoreThanItMust(t *testing.T) {
	e := past()
	k := newKept(e)
	r, id := NewRecords(k), e.Consultations[0].ID
	for range 3 {
		if _, err := r.Consultation(t.Context(), e, id); err != nil {
			t.Fatal(err)
		}
		k.add(schedule.Entry{At: e.Consultations[0].End, Kind: schedule.EntryStaff, Consultation: id, Detail: "report consultation"})
	}
	if len(k.heads) != 1 {
		t.Errorf("%d heads were signed", len(k.heads))
	}
	k.key = nil
	k.add(schedule.Entry{At: e.Consultations[0].End, Kind: schedule.EntryVerdict, Consultation: id, Detail: "technical", By: "acc-1"})
	got, err := r.Consultation(t.Context(), e, id)
	if err != nil || got.Head == nil || got.Head.Covers {
		t.Errorf("%v, %+v, want the older head, which covers less", err, got.Head)
	}
	k.key = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, ed25519.SeedSize))
	k.add(schedule.Entry{At: time.Now(), Kind: schedule.EntrySeatJoined, Consultation: id, Seat: "S01/firm", Session: "f2"})
	if got, err := r.Consultation(t.Context(), e, id); err != nil || len(k.heads) != 1 || got.Head.Covers {
		t.Errorf("%v, %d heads: what has just happened cannot be covered yet", err, len(k.heads))
	}
	k.key = nil
	k.heads = nil
	if got, err := r.Consultation(t.Context(), e, id); err != nil || got.Head != nil {
		t.Errorf("%v, %+v, want none", err, got.Head)
	}
}

func TestPack_EndsWhereItsLastHeadDoes(t *testing.T) {
	e := past()
	k := newKept(e)
	r := NewRecords(k)
	open := func() report.Pack {
		t.Helper()
		p, err := r.Pack(t.Context(), e, report.English)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Write(io.Discard); err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := open()
	if len(first.Entries) != 5 || len(first.Heads) != 1 {
		t.Fatalf("%d entries, %d heads", len(first.Entries), len(first.Heads))
	}
	// The command line beside a server cannot sign: it ends at the last head.
	key := k.key
	k.add(schedule.Entry{At: e.Consultations[0].End, Kind: schedule.EntryPhase, Consultation: "S01", Detail: "ended"})
	k.key = nil
	if p := open(); len(p.Entries) != 5 || p.Heads[0].Signature != first.Heads[0].Signature {
		t.Errorf("%d entries below the head of %d", len(p.Entries), first.Heads[0].Entries)
	}
	k.key = key
	if p := open(); len(p.Entries) != 6 || len(p.Heads) != 2 || p.Heads[1].Entries != 6 {
		t.Errorf("%d entries, heads %+v", len(p.Entries), p.Heads)
	}
	k.key, k.heads = nil, nil
	if _, err := r.Pack(t.Context(), e, report.English); !isCode(err, protocol.CodeUnavailable) {
		t.Errorf("nothing was ever signed: %v", err)
	}
	// Redis has gone back behind what was signed.
	k.heads, k.entries = first.Heads, k.entries[:3]
	if _, err := r.Pack(t.Context(), e, report.English); !isCode(err, protocol.CodeUnavailable) {
		t.Errorf("the ledger is shorter than its head: %v", err)
	}
}

func isCode(err error, c protocol.Code) bool { return err != nil && protocol.AsFault(err).Code == c }

func TestRecords_AStoreThatIsAwayIsUnavailable(t *testing.T) {
	e := past()
	k := newKept(e)
	k.err = errors.New("connection refused")
	r := NewRecords(k)
	_, one := r.Attendance(t.Context(), e)
	_, two := r.Book(t.Context(), e, report.Filter{}, report.Korean)
	_, three := r.Pack(t.Context(), e, report.Korean)
	_, four := r.Consultation(t.Context(), e, "S01")
	_, five := r.CSV(t.Context(), e)
	for i, err := range []error{one, two, three, four, five} {
		if f := protocol.AsFault(err); err == nil || f.Code != protocol.CodeUnavailable || f.RetryAfter == 0 {
			t.Errorf("%d: %v", i+1, err)
		}
	}
}

func TestRecords_LargeOnesWaitForTheirPlace(t *testing.T) {
	r := NewRecords(newKept(past()))
	var frees []func()
	for range 2 {
		free, err := r.Place(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		frees = append(frees, free)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := r.Place(ctx); !isCode(err, protocol.CodeUnavailable) {
		t.Errorf("a third beside two: %v", err)
	}
	frees[0]()
	frees[0]() // frees no second place
	if _, err := r.Place(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := r.Place(ctx); !isCode(err, protocol.CodeUnavailable) {
		t.Errorf("a third after one was freed twice: %v", err)
	}
}

func TestSets_AreTheReports(t *testing.T) {
	var facts, sheets []string
	for _, k := range attendance.FactKinds() {
		facts = append(facts, string(k))
	}
	for _, s := range report.Sheets() {
		sheets = append(sheets, string(s))
	}
	for set, want := range map[string][]string{
		"EvidenceKind": facts, "ReportSheet": sheets,
		"ReportKind": {string(report.KindText), string(report.KindCount), string(report.KindNumber), string(report.KindInstant)},
	} {
		if diff := cmp.Diff(want, protocol.Set(set)); diff != "" {
			t.Errorf("%s: %s", set, diff)
		}
	}
}

// Reports and attendance are one budget of an event: each is derived anew.
func TestReports_ReadingThemIsLimited(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	token := "Bearer " + r.open("console").Token
	paths := []string{"reports/summary", "reports/quality?format=csv", "reports.xlsx", "consultations/S01/report", "pack.zip", "attendance"}
	for i, path := range paths {
		for n := 0; ; n++ {
			resp, body := r.get("/api/v1/events/fair/"+path, "Authorization", token)
			if resp.StatusCode == http.StatusTooManyRequests && resp.Header.Get("Retry-After") != "" {
				break
			}
			// The first path spends the budget; the others find it spent, but for what
			// the time has added on a machine that is busy.
			if resp.StatusCode != http.StatusOK || i == 0 && n > 4*reportBurst || i > 0 && n > reportBurst/2 {
				t.Fatalf("reading %d of %s: %d %s", n+1, path, resp.StatusCode, body)
			}
		}
	}
}

// What the wire calls a symptom or a route is told to people in words.
func TestReports_HaveAWordForEveryCode(t *testing.T) {
	e := past()
	c := e.Consultations[0]
	k := newKept(e)
	k.quality = nil
	for i, symptom := range protocol.Set("Symptom") {
		routes := protocol.Set("Route")
		k.quality = append(k.quality, schedule.SeatQuality{
			Consultation: c.ID, Seat: "S01/firm", From: c.Start, To: c.End, Route: routes[i%len(routes)],
			Symptoms: []schedule.SymptomTime{{Symptom: symptom, Seconds: 5}},
		})
	}
	k.rooms = nil
	for _, outcome := range protocol.Set("ContactOutcome") {
		k.add(schedule.Entry{At: c.Start, Kind: schedule.EntryContact, Consultation: c.ID, Seat: "S01/buyer", By: "acc-1", Detail: outcome})
	}
	b, err := NewRecords(k).Book(t.Context(), e, report.Filter{}, report.English)
	if err != nil {
		t.Fatal(err)
	}
	codes := slices.Concat(protocol.Set("Symptom"), protocol.Set("Route"), protocol.Set("ContactOutcome"), protocol.Set("SeatRole"), protocol.Set("Verdict"))
	for sheet, keys := range map[report.Sheet][]string{
		report.SheetQuality: {"symptoms", "route", "role"}, report.SheetNoShows: {"contact_outcome", "contact_role", "verdict"},
	} {
		table := b.Table(sheet)
		if len(table.Rows) < 4 {
			t.Fatalf("%s has %d rows", sheet, len(table.Rows))
		}
		for i, col := range table.Columns {
			for _, row := range table.Rows {
				word, _, _ := strings.Cut(row[i].Text, " 5 s")
				if word == "" && sheet == report.SheetNoShows {
					continue // nobody was called
				}
				if slices.Contains(keys, col.Key) && slices.Contains(codes, word) {
					t.Errorf("%s of %s is the code %q", col.Key, sheet, word)
				}
			}
		}
	}
}

// From a room to the coordinator's files, through a store and over HTTP.
func TestReports_TellTheSameInEveryForm(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	firm.join("S01")
	buyer.join("S01")
	time.Sleep(1100 * time.Millisecond) // so that there is a second to count
	buyer.ask("leave", nil, "ok", nil)
	token := r.open("console").Token
	get := func(path string) (http.Header, []byte) {
		t.Helper()
		resp, body := r.get("/api/v1/events/fair/"+path, "Authorization", "Bearer "+token)
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", path, resp.StatusCode, body)
		}
		return resp.Header, []byte(body)
	}
	_, raw := get("reports/attendance?language=en")
	var table protocol.ReportTable
	if err := json.Unmarshal(raw, &table); err != nil {
		t.Fatal(err)
	}
	_, raw = get("reports/attendance?language=en&format=csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Rows) == 0 || len(rows) != len(table.Rows)+1 || table.Rows[1][9] != "S01/buyer" || rows[2][9] != "S01/buyer" {
		t.Fatalf("%d rows as JSON, %d as CSV: %v", len(table.Rows), len(rows), table.Rows)
	}
	if _, err := time.Parse(time.RFC3339, table.Rows[1][12]); err != nil || table.Columns[12].Kind != "instant" {
		t.Errorf("first in is %q: %v", table.Rows[1][12], err)
	}
	for i, c := range table.Columns {
		if c.Heading != rows[0][i] {
			t.Errorf("heading %q, in the CSV %q", c.Heading, rows[0][i])
		}
	}
	_, raw = get("reports.xlsx")
	if z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw))); err != nil || len(z.File) < 9 {
		t.Errorf("the workbook: %v", err)
	}
	_, raw = get("consultations/S01/report")
	var one protocol.ConsultationReport
	if err := json.Unmarshal(raw, &one); err != nil || one.Record.TogetherSeconds != 1 || len(one.Entries) == 0 {
		t.Errorf("%v, %s", err, raw)
	}
	header, raw := get("pack.zip")
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil || header.Get("Content-Type") != "application/zip" {
		t.Fatalf("the pack: %v, %v", err, header)
	}
	f, err := z.Open("attendance.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var a protocol.Attendance
	if err := json.NewDecoder(f).Decode(&a); err != nil || len(a.Consultations) != 3 {
		t.Errorf("attendance of the pack: %v, %+v", err, a)
	}
	// Each of the five is in the audit log.
	var acts []string
	eventually(t, "the audit log has them", func() bool {
		acts = nil
		err := r.store.Entries(t.Context(), "fair", func(e schedule.Entry) error {
			if e.Kind == schedule.EntryStaff {
				acts = append(acts, string(e.Consultation)+" "+e.Detail)
			}
			return nil
		})
		return err == nil && len(acts) >= 5
	})
	if want := []string{" report attendance", " report attendance.csv", " report xlsx", "S01 report consultation", " report pack"}; !slices.Equal(acts, want) {
		t.Errorf("audit log %q", acts)
	}
	if resp, _ := r.get("/api/v1/events/fair/pack.zip", "Authorization", "Bearer "+buyer.token); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a buyer's token: %d", resp.StatusCode)
	}
}
