package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store/storetest"
)

// records is a log that tests count lines of.
type records struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (r *records) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.Write(p)
}

func (r *records) count(text string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Count(r.buf.String(), text)
}

func eventually(t *testing.T, d time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(d); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", d, what)
		}
	}
}

func TestAppend_FillsIDTimeAndNode(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s := open(t, Options{URL: url, Node: "n1", Dir: t.TempDir()})
		given := schedule.Entry{
			ID: "mine", At: time.Date(2021, 12, 6, 9, 0, 0, 123456789, time.FixedZone("KST", 9*3600)),
			Event: "e", Kind: schedule.EntrySeatJoined, Consultation: "S01", Seat: "S01/firm", Session: "x\xff", Node: "other",
		}
		s.Append(given)
		before := time.Now()
		s.Append(schedule.Entry{Event: "e", Kind: schedule.EntryNodeStarted})
		must(t, s.Flush(within(t, 5*time.Second)))
		var got []schedule.Entry
		must(t, s.Entries(t.Context(), "e", func(e schedule.Entry) error { got = append(got, e); return nil }))
		if len(got) != 2 {
			t.Fatalf("%d entries", len(got))
		}
		want := given
		want.At = time.Date(2021, 12, 6, 0, 0, 0, 123000000, time.UTC)
		want.Session = "x\uFFFD"
		want.Hash = got[0].Hash
		if d := cmp.Diff(want, got[0]); d != "" {
			t.Error(d)
		}
		if e := got[1]; len(e.ID) != 36 || e.ID[14] != '7' || e.Node != "n1" || e.At.Sub(before).Abs() > time.Second || e.Prev != want.Hash {
			t.Errorf("%+v", e)
		}
		details(t, s, "e")
	})
}

func TestEntries_PagesInOrderAndEndsWithTheCallersError(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s := open(t, Options{URL: url, Dir: t.TempDir()})
		n := 2*pageSize + 7
		appendNumbered(s, "e", 0, n)
		must(t, s.Flush(within(t, 10*time.Second)))
		if got := details(t, s, "e"); !slices.Equal(got, numbered(0, n)) {
			t.Fatalf("%d entries, or out of order", len(got))
		}
		enough, seen := errors.New("enough"), 0
		err := s.Entries(t.Context(), "e", func(schedule.Entry) error {
			if seen++; seen == pageSize+3 {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) || seen != pageSize+3 {
			t.Errorf("%v after %d", err, seen)
		}
	})
}

func TestLedger_EventsHaveTheirOwnChains(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s := open(t, Options{URL: url, Dir: t.TempDir()})
		for i := range 50 {
			appendNumbered(s, schedule.EventID(fmt.Sprint("e", i%3)), i, i+1)
		}
		must(t, s.Flush(within(t, 5*time.Second)))
		total := 0
		for i := range 3 {
			total += len(details(t, s, schedule.EventID(fmt.Sprint("e", i))))
		}
		if total != 50 {
			t.Errorf("%d entries", total)
		}
	})
}

func TestLedger_TwoNodesShareOneChain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		a := open(t, Options{URL: url, Node: "a", Dir: t.TempDir()})
		b := open(t, Options{URL: url, Node: "b", Dir: t.TempDir()})
		var both sync.WaitGroup
		for i, s := range []*Store{a, b} {
			both.Go(func() {
				for j := range 300 {
					appendNumbered(s, "e", i*1000+j, i*1000+j+1)
					if j%20 == 0 {
						time.Sleep(time.Millisecond)
					}
				}
			})
		}
		both.Wait()
		must(t, a.Flush(within(t, 10*time.Second)))
		must(t, b.Flush(within(t, 10*time.Second)))
		got := details(t, a, "e")
		var fromA, fromB []string
		for _, d := range got {
			if len(d) == 4 {
				fromB = append(fromB, d)
			} else {
				fromA = append(fromA, d)
			}
		}
		if !slices.Equal(fromA, numbered(0, 300)) || !slices.Equal(fromB, numbered(1000, 1300)) {
			t.Errorf("%d and %d entries, or out of order", len(fromA), len(fromB))
		}
	})
}

func TestLedger_RedisKilledLosesNoEntryAndDoublesNone(t *testing.T) {
	t.Parallel()
	url, kill, restart := storetest.Redis(t)
	log := &records{}
	s := open(t, Options{URL: url, Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(log, nil))})
	next := 0
	for range 4 {
		for range 40 {
			appendNumbered(s, "e", next, next+5)
			next += 5
			time.Sleep(time.Millisecond)
		}
		kill() // with entries acknowledged within the AOF's last second
		appendNumbered(s, "e", next, next+20)
		next += 20
		eventually(t, 5*time.Second, "the outage is known", func() bool { return !s.AwaySince().IsZero() })
		restart()
		must(t, s.Flush(within(t, 10*time.Second)))
	}
	// What Redis forgot shows when it is next asked, within settleEvery.
	time.Sleep(2 * settleEvery)
	must(t, s.Flush(within(t, 10*time.Second)))
	if got := details(t, s, "e"); !slices.Equal(got, numbered(0, next)) {
		t.Errorf("%d entries, want %d in order", len(got), next)
	}
	if n := log.count("redis is away"); n != 4 {
		t.Errorf("%d outages logged, want 4", n)
	}
	if n := log.count("redis is back"); n != 4 {
		t.Errorf("%d returns logged, want 4", n)
	}
	if !s.AwaySince().IsZero() || s.Spooled() != 0 {
		t.Errorf("away since %v, %d spooled", s.AwaySince(), s.Spooled())
	}
}

func TestLedger_RedisThatWentBackIsReplayedInOrder(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		log := &records{}
		s := open(t, Options{URL: url, Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(log, nil))})
		ctx := t.Context()
		appendNumbered(s, "e", 0, 10)
		must(t, s.Flush(within(t, 5*time.Second)))
		chain, err := s.rdb.HGetAll(ctx, keyChain("e")).Result()
		must(t, err)
		appendNumbered(s, "e", 10, 20)
		must(t, s.Flush(within(t, 5*time.Second)))

		// The last ten are lost the way an AOF loses them: stream and chain together.
		last, err := s.rdb.XRevRangeN(ctx, keyLedger("e"), "+", "-", 10).Result()
		must(t, err)
		for _, x := range last {
			must(t, s.rdb.XDel(ctx, keyLedger("e"), x.ID).Err())
		}
		for f, v := range chain {
			must(t, s.rdb.HSet(ctx, keyChain("e"), f, v).Err())
		}
		if got := details(t, s, "e"); len(got) != 10 {
			t.Fatalf("%d entries after the loss", len(got))
		}
		appendNumbered(s, "e", 20, 25) // comes before the next look at what is there
		must(t, s.Flush(within(t, 5*time.Second)))
		if got := details(t, s, "e"); !slices.Equal(got, numbered(0, 25)) {
			t.Fatalf("got %v", got)
		}
		if n := log.count("redis has lost ledger entries"); n != 1 {
			t.Errorf("loss logged %d times", n)
		}

		// All of it, with nobody appending: found by asking.
		must(t, s.rdb.FlushAll(ctx).Err())
		eventually(t, 5*time.Second, "the replay", func() bool { return len(details(t, s, "e")) == 25 })
		if got := details(t, s, "e"); !slices.Equal(got, numbered(0, 25)) {
			t.Fatalf("got %v", got)
		}
	})
}

func TestLedger_SilentRedisPilesUpInTheSpoolAndIsToldOnce(t *testing.T) {
	t.Parallel()
	url, _, _ := storetest.Redis(t)
	log := &records{}
	s := open(t, Options{URL: url, Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(log, nil))})
	must(t, s.Ping(t.Context()))
	must(t, s.rdb.Do(t.Context(), "CLIENT", "PAUSE", "5000", "ALL").Err())
	start := time.Now()
	appendNumbered(s, "e", 0, 3000) // more than the queue holds
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("appending took %v while redis was silent", d)
	}
	if s.Spooled() != 3000 {
		t.Errorf("%d spooled", s.Spooled())
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Flush(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("flush during the outage: %v", err)
	}
	must(t, s.Flush(within(t, 20*time.Second)))
	if got := details(t, s, "e"); !slices.Equal(got, numbered(0, 3000)) {
		t.Errorf("%d entries", len(got))
	}
	if n := log.count("redis is away"); n > 1 {
		t.Errorf("outage logged %d times", n)
	}
}

// crashEnv makes the test binary a process that appends until it is killed.
const crashEnv = "STORE_TEST_CRASH"

func TestLedger_KilledProcessLosesNoEntryThatReachedTheDisk(t *testing.T) {
	if spec := os.Getenv(crashEnv); spec != "" {
		url, dir, _ := strings.Cut(spec, " ")
		s, err := Open(t.Context(), Options{URL: url, Dir: dir, Node: "n", Logger: quiet()})
		must(t, err)
		for i := 0; ; i++ { // until killed
			appendNumbered(s, "e", i, i+1)
			eventually(t, 5*time.Second, "entry on disk", func() bool { w, _ := s.spool.progress(); return w > int64(i) })
			fmt.Println("disk", i)
		}
	}
	url, _, _ := storetest.Redis(t)
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), crashEnv+"="+url+" "+dir)
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	buf := make([]byte, 64)
	var seen []byte
	for bytes.Count(seen, []byte("\n")) < 40 {
		n, err := out.Read(buf)
		must(t, err)
		seen = append(seen, buf[:n]...)
	}
	must(t, child.Process.Kill())
	_ = child.Wait()
	promised := bytes.Count(seen, []byte("\n"))

	for range 2 { // the second start finds segments that Redis has already
		s := open(t, Options{URL: url, Dir: dir, Node: "n"})
		must(t, s.Flush(within(t, 5*time.Second)))
		got := details(t, s, "e")
		if len(got) < promised || !slices.Equal(got, numbered(0, len(got))) {
			t.Fatalf("%d entries after the crash, %d were promised: %v", len(got), promised, got)
		}
		must(t, s.Close())
	}
}

func TestLedger_WhatIsSpooledWhileRedisIsGoneComesWithTheNextProcess(t *testing.T) {
	t.Parallel()
	url, kill, restart := storetest.Redis(t)
	dir := t.TempDir()
	first := open(t, Options{URL: url, Dir: dir})
	appendNumbered(first, "e", 0, 5)
	appendNumbered(first, "f", 0, 5)
	must(t, first.Flush(within(t, 5*time.Second)))
	time.Sleep(1200 * time.Millisecond) // into the AOF
	kill()
	appendNumbered(first, "e", 5, 9)
	appendNumbered(first, "f", 5, 7)
	must(t, first.Close())
	restart()
	second := open(t, Options{URL: url, Dir: dir})
	appendNumbered(second, "e", 9, 12)
	must(t, second.Flush(within(t, 5*time.Second)))
	if got := details(t, second, "e"); !slices.Equal(got, numbered(0, 12)) {
		t.Errorf("e: %v", got)
	}
	if got := details(t, second, "f"); !slices.Equal(got, numbered(0, 7)) {
		t.Errorf("f: %v", got)
	}
}

func TestAppend_AfterCloseIsToldNotHung(t *testing.T) {
	t.Parallel()
	log := &records{}
	s := open(t, Options{URL: storetest.Mini(t), Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(log, nil))})
	must(t, s.Close())
	appendNumbered(s, "e", 0, 1)
	if log.count("after close is lost") != 1 {
		t.Error("a lost entry was not told of")
	}
}

func TestSpool_OneProcessHasTheFolder(t *testing.T) {
	t.Parallel()
	url, dir := storetest.Mini(t), t.TempDir()
	first := open(t, Options{URL: url, Dir: dir})
	if _, err := Open(t.Context(), Options{URL: url, Dir: dir, Logger: quiet()}); !errors.Is(err, ErrSpoolInUse) {
		t.Fatalf("got %v", err)
	}
	must(t, first.Close())
	open(t, Options{URL: url, Dir: dir})
}

func entry(d string) schedule.Entry {
	return schedule.Entry{ID: d, Event: "e", Kind: schedule.EntryPhase, Detail: d}
}

func lone(d string) recorded { return recorded{entry: entry(d)} }

func spoolDetails(t *testing.T, s *spool) []string {
	t.Helper()
	var out []string
	for {
		batch, err := s.next(3)
		must(t, err)
		if len(batch) == 0 {
			return out
		}
		for _, x := range batch {
			out = append(out, x.Entry.Detail)
		}
		s.taken(batch[len(batch)-1].pos, time.Now())
	}
}

func openTestSpool(t *testing.T, dir string) *spool {
	t.Helper()
	s, err := openSpool(dir, quiet())
	must(t, err)
	t.Cleanup(func() { _ = s.close() })
	return s
}

func segmentsIn(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "spool", "*.jsonl"))
	must(t, err)
	return files
}

// TestSpool_AnyTornTailLosesOnlyTheTornLine cuts a segment at every byte.
func TestSpool_AnyTornTailLosesOnlyTheTornLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTestSpool(t, dir)
	for _, d := range numbered(0, 2) {
		must(t, s.write([]recorded{lone(d)}))
	}
	must(t, s.close())
	whole, err := os.ReadFile(segmentsIn(t, dir)[0])
	must(t, err)
	for cut := range len(whole) + 1 {
		torn := t.TempDir()
		must(t, os.Mkdir(filepath.Join(torn, "spool"), 0o700))
		must(t, os.WriteFile(filepath.Join(torn, "spool", "000000000001.jsonl"), whole[:cut], 0o600))
		s := openTestSpool(t, torn)
		got := spoolDetails(t, s)
		lines := bytes.Count(whole[:cut], []byte("\n"))
		if cut < len(whole) && whole[cut] == '\n' {
			lines++ // only the newline is missing
		}
		if want := numbered(0, max(0, lines-1)); !slices.Equal(got, want) {
			t.Fatalf("cut at %d: got %v, want %v", cut, got, want)
		}
		must(t, s.write([]recorded{lone("new")}))
		if got := spoolDetails(t, s); !slices.Equal(got, []string{"new"}) {
			t.Fatalf("cut at %d: after a write got %v", cut, got)
		}
		must(t, s.close())
	}
}

func TestSpool_DamagedLineCostsOnlyItself(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTestSpool(t, dir)
	must(t, s.write([]recorded{lone("0"), lone("1"), lone("2")}))
	must(t, s.close())
	path := segmentsIn(t, dir)[0]
	b, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, bytes.Replace(b, []byte(`"detail":"1"`), []byte(`"detail":"9"`), 1), 0o600))
	log := &records{}
	again, err := openSpool(dir, slog.New(slog.NewTextHandler(log, nil)))
	must(t, err)
	if got := spoolDetails(t, again); !slices.Equal(got, []string{"0", "2"}) || log.count("damaged line") != 1 {
		t.Errorf("got %v", got)
	}
	must(t, again.close())
}

func TestSpool_TrimKeepsWhatIsYoungAndWhatFollowsIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTestSpool(t, dir)
	must(t, s.write([]recorded{lone("0"), lone("1")}))
	now := time.Now()
	s.taken(1, now)
	must(t, s.trim(now.Add(time.Hour)))
	if n := len(segmentsIn(t, dir)); n != 1 {
		t.Fatalf("%d segments: half of it is not in redis", n)
	}
	s.taken(2, now)
	must(t, s.trim(now.Add(-time.Second)))
	if n := len(segmentsIn(t, dir)); n != 1 {
		t.Fatalf("%d segments: it is young", n)
	}
	if s.rewind() != 2 || !slices.Equal(spoolDetails(t, s), []string{"0", "1"}) {
		t.Fatal("rewind does not offer what is on disk")
	}
	must(t, s.trim(time.Now().Add(time.Second)))
	if n := len(segmentsIn(t, dir)); n != 0 || s.unsettled() {
		t.Fatalf("%d segments after all is settled", n)
	}
	must(t, s.write([]recorded{lone("2")}))
	if got := spoolDetails(t, s); !slices.Equal(got, []string{"2"}) {
		t.Errorf("after a trim: %v", got)
	}
}

func TestSpool_FullSegmentIsFollowedByAnother(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTestSpool(t, dir)
	big := entry("x")
	big.Session = strings.Repeat("y", segmentBytes/2)
	for range 5 {
		must(t, s.write([]recorded{{entry: big}}))
	}
	if n := len(segmentsIn(t, dir)); n != 3 {
		t.Errorf("%d segments", n)
	}
	if got := spoolDetails(t, s); len(got) != 5 {
		t.Errorf("%d entries", len(got))
	}
}

func TestSpool_FailedWriteIsTriedAgainInAnotherFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTestSpool(t, dir)
	must(t, s.write([]recorded{lone("0")}))
	must(t, s.active.Close()) // the disk goes away under it
	if s.write([]recorded{lone("1")}) == nil {
		t.Fatal("a write to a closed file succeeded")
	}
	must(t, s.write([]recorded{lone("1")}))
	if got := spoolDetails(t, s); !slices.Equal(got, []string{"0", "1"}) {
		t.Errorf("got %v", got)
	}
	must(t, s.close())
	again := openTestSpool(t, dir)
	if got := spoolDetails(t, again); !slices.Equal(got, []string{"0", "1"}) {
		t.Errorf("after a restart: %v", got)
	}
}

func FuzzDecodeLine(f *testing.F) {
	line, _ := appendLine(nil, spooled{Seq: 1, Entry: entry("x")})
	f.Add(bytes.TrimSuffix(line, []byte("\n")))
	f.Add([]byte("00000000 {}"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, b []byte) {
		var x spooled
		if decodeLine(b, &x) != nil {
			return
		}
		if _, err := json.Marshal(x); err != nil {
			t.Errorf("decoded what cannot be encoded: %v", err)
		}
	})
}

// BenchmarkAppend is from Append until Redis has the entry, fsync included.
func BenchmarkAppend(b *testing.B) {
	url, _, _ := storetest.Redis(b)
	s, err := Open(b.Context(), Options{URL: url, Dir: b.TempDir(), Logger: quiet()})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for b.Loop() {
		s.Append(schedule.Entry{Event: "e", Kind: schedule.EntrySeatJoined, Consultation: "S01", Seat: "S01/firm", Session: "0190a3b2-1c2d-7e3f-8a4b-5c6d7e8f9a0b"})
	}
	if err := s.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
}
