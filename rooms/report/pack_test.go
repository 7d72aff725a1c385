package report_test

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sangdam/rooms/attendance"
	"sangdam/rooms/report"
	"sangdam/rooms/schedule"
)

// pack is the week's, signed in the middle and at its end.
func pack(t *testing.T) report.Pack {
	t.Helper()
	f := facts(t)
	entries, _ := week(f.Event)
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	sign := func(n int) schedule.Head {
		return attendance.SignHead(key, schedule.Head{Event: f.Event.ID, Entries: int64(n), Hash: entries[n-1].Hash, At: f.At})
	}
	pub, err := attendance.EncodeKey(key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return report.Pack{
		Facts: f, Language: report.Korean, Entries: entries, Heads: []schedule.Head{sign(40), sign(len(entries))}, Key: pub,
		Attendance: func(f report.Facts) ([]byte, error) { return json.Marshal(f.Attendance) },
	}
}

func write(t *testing.T, p report.Pack) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := p.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// unpack reads the files of a zip, in its order.
func unpack(t *testing.T, raw []byte) (names []string, files map[string]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	for _, f := range z.File {
		names = append(names, f.Name)
		files[f.Name] = string(readAll(t, f))
	}
	return names, files
}

func TestPack_TheManifestHasEveryFile(t *testing.T) {
	names, files := unpack(t, write(t, pack(t)))
	want := []string{
		"VERIFY.txt", "report.xlsx", "summary.csv", "consultations.csv", "attendance.csv", "no-shows.csv", "quality.csv",
		"attendance.json", "event.json", "ledger.jsonl", "heads.jsonl", "key.pub", "manifest.sha256",
	}
	if !slices.Equal(names, want) {
		t.Errorf("files %v", names)
	}
	lines := strings.Split(strings.TrimSpace(files["manifest.sha256"]), "\n")
	if len(lines) != len(want)-1 {
		t.Errorf("%d lines in the manifest", len(lines))
	}
	for _, l := range lines {
		sum, name, ok := strings.Cut(l, "  ")
		got := sha256.Sum256([]byte(files[name]))
		if !ok || sum != hex.EncodeToString(got[:]) {
			t.Errorf("%q is not the sum of %s", l, name)
		}
	}
	for _, part := range []string{"sangdam verify --pack", "한국어", "English", "양주 섬유 화상 상담회"} {
		if !strings.Contains(files["VERIFY.txt"], part) {
			t.Errorf("VERIFY.txt says nothing of %q", part)
		}
	}
}

// What VERIFY.txt tells is enough: this follows its words and uses nothing of
// ours.
func TestPack_CanBeVerifiedByItsOwnInstructions(t *testing.T) {
	_, files := unpack(t, write(t, pack(t)))
	net := func(texts ...string) []byte {
		var b bytes.Buffer
		for _, s := range texts {
			fmt.Fprintf(&b, "%d:%s,", len(s), s)
		}
		return b.Bytes()
	}
	sha := func(b []byte) string {
		sum := sha256.Sum256(b)
		return hex.EncodeToString(sum[:])
	}
	millis := func(at string) string {
		day, rest, _ := strings.Cut(strings.TrimSuffix(at, "Z"), ".")
		return day + "." + (rest + "000")[:3] + "Z"
	}
	prev, hashes, worded, silenced := "", []string{""}, 0, 0
	for line := range strings.Lines(files["ledger.jsonl"]) {
		var e map[string]string
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		got := sha(net("sangdam-ledger-2", prev, e["id"], millis(e["at"]), e["event"], e["kind"], e["consultation"], e["seat"],
			e["session"], e["node"], e["detail"], e["by"], e["digest"]))
		if got != e["hash"] || e["prev"] != prev {
			t.Fatalf("entry %s gives %s after %s", line, got, prev)
		}
		switch {
		case e["words"] != "":
			if worded++; sha(net("sangdam-words-1", e["salt"], e["words"])) != e["digest"] {
				t.Errorf("the words of %s do not give its digest", line)
			}
		case e["digest"] != "":
			if silenced++; e["salt"] != "" {
				t.Errorf("no words but their salt: %s", line)
			}
		}
		prev = got
		hashes = append(hashes, got)
	}
	// "in traffic" five times; the telephone number and the name are left out.
	if worded != 5 || silenced != 10 {
		t.Errorf("%d entries with words, %d without those that they had", worded, silenced)
	}
	block, _ := pem.Decode([]byte(files["key.pub"]))
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	pub := key.(ed25519.PublicKey)
	heads := 0
	for line := range strings.Lines(files["heads.jsonl"]) {
		var h struct {
			Event, Hash, At, Key, Signature string
			Entries                         int
		}
		if err := json.Unmarshal([]byte(line), &h); err != nil {
			t.Fatal(err)
		}
		sig, err := base64.StdEncoding.DecodeString(h.Signature)
		if err != nil || !ed25519.Verify(pub, net("sangdam-head-1", h.Event, fmt.Sprint(h.Entries), h.Hash, millis(h.At), h.Key), sig) {
			t.Errorf("%s is not signed: %v", line, err)
		}
		if h.Key != sha(pub)[:16] || hashes[h.Entries] != h.Hash {
			t.Errorf("head %s, the ledger has %s", line, hashes[h.Entries])
		}
		heads = h.Entries
	}
	if heads != len(hashes)-1 {
		t.Errorf("the last head is of %d entries of %d", heads, len(hashes)-1)
	}
}

func TestPack_NamesNoWayToReachAnybody(t *testing.T) {
	p := pack(t)
	_, files := unpack(t, write(t, p))
	for name, text := range readWorkbook(t, []byte(files["report.xlsx"])).xml {
		files["report.xlsx/"+name] = text
	}
	var secrets []string
	add := func(c schedule.Contact) { secrets = append(secrets, c.Person, c.Email, c.Phone) }
	for _, x := range p.Facts.Event.Firms {
		add(x.Contact)
	}
	for _, x := range p.Facts.Event.Buyers {
		add(x.Contact)
	}
	for _, x := range p.Facts.Event.Interpreters {
		secrets = append(secrets, x.Name)
	}
	secrets = append(secrets, "이운영", "555 0101", "@firm.example.kr", "@shop.example")
	if len(secrets) < 100 {
		t.Fatalf("only %d secrets to look for", len(secrets))
	}
	for name, text := range files {
		for _, s := range secrets {
			if strings.Contains(text, s) {
				t.Errorf("%s has %q", name, s)
			}
		}
	}
	for _, name := range []string{"report.xlsx/xl/worksheets/sheet2.xml", "consultations.csv", "attendance.json", "event.json"} {
		if name != "attendance.json" && !strings.Contains(files[name], "Buyer US-1") {
			t.Errorf("%s does not name the buyer", name)
		}
	}
	if !strings.Contains(files["no-shows.csv"], "rang twice at […], nobody") {
		t.Errorf("the note of a call is gone as a whole:\n%s", files["no-shows.csv"])
	}
	// The facts that it was made of are as they were.
	if p.Facts.Event.Buyers[0].Phone == "" || p.Facts.Event.Interpreters[0].Name == string(p.Facts.Event.Interpreters[0].ID) {
		t.Error("the pack took contacts out of the caller's event")
	}
}

func TestPack_TheTimetableInItGivesTheSameAttendance(t *testing.T) {
	p := pack(t)
	_, files := unpack(t, write(t, p))
	var e schedule.Event
	if err := json.Unmarshal([]byte(files["event.json"]), &e); err != nil {
		t.Fatal(err)
	}
	entries, err := attendance.ReadEntries(strings.NewReader(files["ledger.jsonl"]))
	if err != nil {
		t.Fatal(err)
	}
	again := attendance.Derive(&e, entries, p.Facts.At)
	for i, a := range p.Facts.Attendance {
		if b := again[i]; a.Verdict != b.Verdict || a.Together != b.Together || len(a.Seats) != len(b.Seats) {
			t.Errorf("%s: %s, %.0f s; from the pack %s, %.0f s", a.Consultation, a.Verdict, a.Together, b.Verdict, b.Together)
		}
	}
}

func TestPack_TheSameFactsAreTheSameBytes(t *testing.T) {
	if !bytes.Equal(write(t, pack(t)), write(t, pack(t))) {
		t.Error("two packs of the same facts differ")
	}
}

func TestPack_EndsAtASignedHead(t *testing.T) {
	for name, spoil := range map[string]func(*report.Pack){
		"none":    func(p *report.Pack) { p.Heads = nil },
		"shorter": func(p *report.Pack) { p.Heads = p.Heads[:1] },
		"longer":  func(p *report.Pack) { p.Entries = p.Entries[:len(p.Entries)-1] },
	} {
		p := pack(t)
		spoil(&p)
		var out bytes.Buffer
		if err := p.Write(&out); !errors.Is(err, report.ErrPack) || out.Len() != 0 {
			t.Errorf("%s: %v after %d bytes", name, err, out.Len())
		}
	}
}

// full has room for so many bytes.
type full int

func (f *full) Write(b []byte) (int, error) {
	if *f -= full(len(b)); *f < 0 {
		return 0, errors.New("no space left")
	}
	return len(b), nil
}

func TestPack_ADiskThatIsFullIsAnError(t *testing.T) {
	p := pack(t)
	whole := len(write(t, p))
	for _, room := range []int{0, 100, whole / 2, whole - 1} {
		f := full(room)
		if err := p.Write(&f); err == nil {
			t.Errorf("with room for %d of %d bytes it says that all is well", room, whole)
		}
	}
	p.Attendance = func(report.Facts) ([]byte, error) { return nil, errors.New("cannot") }
	f := full(2 * whole)
	if err := p.Write(&f); err == nil || !strings.Contains(err.Error(), "attendance.json") {
		t.Errorf("a file that cannot be made: %v", err)
	}
}

func TestForFunder_TakesOutWhatReachesSomebody(t *testing.T) {
	e := &schedule.Event{
		ID: "e", Buyers: []schedule.Buyer{{ID: "y", Name: "Tekstil", Contact: schedule.Contact{Person: "Ayşe Demir", Email: "a@b.tr", Phone: "555"}}},
	}
	for words, want := range map[string]string{
		"called Ayşe Demir, she comes":               "called […], she comes",
		"mail to sales.tr+fair@tekstil.com.tr.":      "mail to […]",
		"+90 (212) 555-01-01 busy":                   "[…] busy",
		"010-1234-5678로 전화":                          "[…]로 전화",
		"０１０－１２３４－５６７８":                              "[…]",
		"moved to 2021-12-06 09:00-09:40, booth 12":  "moved to 2021-12-06 09:00-09:40, booth 12",
		"40 minutes, 3 people, 1,000 units":          "40 minutes, 3 people, 1,000 units",
		"buyer Tekstil did not answer at 555 either": "buyer Tekstil did not answer at […] either",
	} {
		f := report.Facts{Event: e, Attendance: []attendance.Attendance{{
			Decided: &attendance.Decided{Reason: words}, Corrections: []attendance.Decided{{Reason: words}},
			Contacts: []schedule.Contacted{{Name: "Kim", Words: words}},
			Seats:    []attendance.Seat{{Intervals: []attendance.Interval{{Words: words}}}},
		}}, At: time.Now()}
		a := f.ForFunder().Attendance[0]
		for what, got := range map[string]string{
			"verdict": a.Decided.Reason, "correction": a.Corrections[0].Reason, "contact": a.Contacts[0].Words, "paper": a.Seats[0].Intervals[0].Words,
		} {
			if got != want {
				t.Errorf("%s: %q became %q, want %q", what, words, got, want)
			}
		}
		if a.Contacts[0].Name != "" {
			t.Errorf("the coordinator is still called %s", a.Contacts[0].Name)
		}
		if before := f.Attendance[0]; before.Decided.Reason != words || before.Contacts[0].Name == "" || before.Seats[0].Intervals[0].Words != words {
			t.Error("the facts that it was made of were changed")
		}
	}
}

// repack writes the files of a pack into another zip, as change has them; a
// name that is empty leaves the file out.
func repack(t *testing.T, raw []byte, change func(name, text string) (string, string)) *zip.Reader {
	t.Helper()
	names, files := unpack(t, raw)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, n := range names {
		name, text := change(n, files[n])
		if name == "" {
			continue
		}
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestManifest_NamesTheFilesThatAreNotWhatWasPacked(t *testing.T) {
	raw := write(t, pack(t))
	for what, tt := range map[string]struct {
		change func(name, text string) (string, string)
		wrong  []string
	}{
		"nothing": {func(name, text string) (string, string) { return name, text }, nil},
		"changed": {func(name, text string) (string, string) {
			return name, text + map[bool]string{true: " "}[name == "summary.csv"]
		}, []string{"summary.csv"}},
		"missing": {func(name, text string) (string, string) {
			return map[bool]string{false: name}[name == "quality.csv"], text
		}, []string{"quality.csv"}},
		"renamed": {func(name, text string) (string, string) {
			return strings.Replace(name, "quality", "better", 1), text
		}, []string{"better.csv", "quality.csv"}},
		"twice": {func(name, text string) (string, string) {
			return strings.Replace(name, "event.json", "attendance.json", 1), text
		}, []string{"attendance.json", "event.json"}},
	} {
		wrong, err := report.CheckManifest(repack(t, raw, tt.change))
		if err != nil || !slices.Equal(wrong, tt.wrong) {
			t.Errorf("%s: %v, %v, want %v", what, wrong, err, tt.wrong)
		}
	}
	for what, change := range map[string]func(name, text string) (string, string){
		"no manifest": func(name, text string) (string, string) {
			return map[bool]string{false: name}[name == "manifest.sha256"], text
		},
		"a line twice": func(name, text string) (string, string) {
			if name == "manifest.sha256" {
				text += text[:strings.Index(text, "\n")+1]
			}
			return name, text
		},
	} {
		if wrong, err := report.CheckManifest(repack(t, raw, change)); err == nil {
			t.Errorf("%s: %v and no error", what, wrong)
		}
	}
}
