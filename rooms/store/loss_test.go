package store

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
	"sangdam/rooms/store/storetest"
)

// lived is what a ledger holds of one node, by its order: everything it was
// told of with Append, once.
func lived(t *testing.T, s *Store, node string) []string {
	t.Helper()
	var out []string
	for _, e := range entriesOf(t, s, "e") {
		if e.Node == node {
			out = append(out, e.Detail)
			if e.Words != "" && e.Words != "words of "+e.Detail {
				t.Errorf("entry %s of %s has the words %q", e.Detail, node, e.Words)
			}
		}
	}
	return out
}

// TestLedger_ALossOfPowerLosesNothingThatWasAcknowledged: the server is killed,
// and loses a random part of what it wrote last, even half a command. Two nodes
// write; what was signed before stays true.
func TestLedger_ALossOfPowerLosesNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range 3 {
		losePower(t, random)
	}
}

func losePower(t *testing.T, random *rand.Rand) {
	redis := storetest.Start(t)
	nodes := []*Store{
		open(t, Options{URL: redis.URL(), Node: "a", Dir: t.TempDir()}),
		open(t, Options{URL: redis.URL(), Node: "b", Dir: t.TempDir()}),
	}
	next := 0
	grow := func(n int) {
		for range n {
			for _, s := range nodes {
				e := schedule.Entry{Event: "e", Kind: schedule.EntryStaff, Consultation: "S01", Detail: fmt.Sprint(next)}
				if next%5 == 0 {
					e.Words = "words of " + e.Detail
				}
				s.Append(e)
			}
			next++
		}
	}
	flush := func() {
		for _, s := range nodes {
			must(t, s.Flush(within(t, 10*time.Second)))
		}
	}
	grow(30)
	flush()
	nodes[0].signAge = 0
	time.Sleep(5 * time.Millisecond)
	_, err := nodes[0].SignHead(t.Context(), "e")
	must(t, err)
	signed := redis.Written(t)
	grow(20 + random.IntN(40))
	flush()
	grow(random.IntN(10)) // on their way when it dies
	redis.Kill()
	grow(10)
	redis.Lose(t, signed+random.Int64N(redis.Written(t)-signed+1))
	redis.Restart(t)
	// What is lost shows when it is next asked for, within settleEvery.
	want := strings.Join(numbered(0, next), " ")
	for _, s := range nodes {
		eventually(t, 10*time.Second, "everything is back", func() bool {
			return strings.Join(lived(t, s, s.Node()), " ") == want
		})
	}
	flush()
	keys, err := nodes[1].Keys(t.Context())
	must(t, err)
	heads, err := nodes[0].Heads(t.Context(), "e")
	must(t, err)
	marks, _, err := keys.Vouched("e", heads)
	must(t, err)
	if r := report(t, nodes[1], "e", marks...); r.Broken != nil || r.Erased != 0 || r.Words == 0 || len(marks) == 0 {
		t.Fatalf("%+v %+v, %d heads", r, r.Broken, len(marks))
	}
}

// TestLedger_ARedisOfLongAgoIsToldAndShows: what was trimmed from the spool
// cannot come back; the log says so at once, and a head that was signed since
// proves it to anybody.
func TestLedger_ARedisOfLongAgoIsToldAndShows(t *testing.T) {
	t.Parallel()
	redis := storetest.Start(t)
	log := &records{}
	s := open(t, Options{URL: redis.URL(), Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(log, nil))})
	appendNumbered(s, "e", 0, 10)
	must(t, s.Flush(within(t, 5*time.Second)))
	backup := redis.Written(t)
	appendNumbered(s, "e", 10, 30)
	must(t, s.Flush(within(t, 5*time.Second)))
	s.signAge = 0
	time.Sleep(5 * time.Millisecond)
	_, err := s.SignHead(t.Context(), "e")
	must(t, err)
	// Ten quiet seconds later the spool has nothing of it any more.
	must(t, s.spool.trim(time.Now().Add(time.Hour)))
	redis.Kill()
	redis.Lose(t, backup)
	redis.Restart(t)
	appendNumbered(s, "e", 30, 33)
	must(t, s.Flush(within(t, 5*time.Second)))
	if log.count("redis has lost ledger entries") == 0 {
		t.Error("the loss was not told")
	}
	heads, err := s.Heads(t.Context(), "e") // Redis has none, the data folder does
	must(t, err)
	keys := attendance.Keys{}
	must(t, keys.ReadKeys(s.PublicKey()))
	marks, _, err := keys.Vouched("e", heads)
	must(t, err)
	b := report(t, s, "e", marks...).Broken
	if len(marks) != 1 || b == nil || b.Kind != attendance.BreakCut || b.Index != 14 {
		t.Errorf("%d heads, %+v", len(marks), b)
	}
}

// renewed tells whether Redis has written its append-only file anew since it
// was started.
func renewed(t *testing.T, s *Store) bool {
	t.Helper()
	text, err := s.rdb.Info(t.Context()).Result()
	return err == nil && strings.Contains(text, "\r\naof_rewrite_in_progress:0\r\n") &&
		strings.Contains(text, "\r\naof_rewrite_scheduled:0\r\n") && !strings.Contains(text, "\r\naof_last_rewrite_time_sec:-1\r\n")
}

// TestLedger_HalfATransactionNeverComesBack: a loss of power leaves half a
// transaction in the append-only file, more than once. Redis forgets that half
// and appends behind it, so that the start after the next one would apply both.
func TestLedger_HalfATransactionNeverComesBack(t *testing.T) {
	t.Parallel()
	redis := storetest.Start(t)
	dir := t.TempDir()
	s := open(t, Options{URL: redis.URL(), Dir: dir})
	next := 0
	grow := func(n int) {
		appendNumbered(s, "e", next, next+n)
		next += n
		must(t, s.Flush(within(t, 10*time.Second)))
		last := fmt.Sprintf(`"detail":"%d"`, next-1)
		eventually(t, 10*time.Second, "the last entry in the file", func() bool { return redis.Holds(t, last) })
	}
	whole := func(when string) {
		t.Helper()
		eventually(t, 10*time.Second, when+": everything, once", func() bool {
			return s.Ping(t.Context()) == nil && strings.Join(details(t, s, "e"), " ") == strings.Join(numbered(0, next), " ")
		})
	}
	grow(20)
	for loss := range 3 {
		grow(20)
		redis.Kill()
		if loss == 2 { // the machine with both loses its power
			must(t, s.Close())
		}
		redis.Tear(t)
		redis.Restart(t)
		if loss == 2 {
			s = open(t, Options{URL: redis.URL(), Dir: dir})
		}
		whole("after the loss")
		eventually(t, 10*time.Second, "the file written anew", func() bool { return renewed(t, s) })
		grow(20)
		redis.Kill()
		redis.Restart(t)
		whole("after one more start")
		eventually(t, 10*time.Second, "the file written anew", func() bool { return renewed(t, s) })
	}
}
