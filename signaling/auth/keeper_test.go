package auth

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"sangdam/rooms/schedule"
)

func oneOfEach(end time.Time) *schedule.Event {
	return &schedule.Event{
		ID: "e", Booths: []schedule.Booth{{ID: "B1"}}, Buyers: []schedule.Buyer{{ID: "U1"}},
		Interpreters:  []schedule.Interpreter{{ID: "I1"}},
		Consultations: []schedule.Consultation{{ID: "S1", End: end}},
	}
}

func plain(all []Minted) []schedule.Link {
	out := make([]schedule.Link, len(all))
	for i, m := range all {
		out[i] = m.Link
	}
	return out
}

func TestMint_ASecondTimeAddsOnlyWhatIsNew(t *testing.T) {
	k, now := testKeeper(t), time.Now()
	e := oneOfEach(now.Add(time.Hour))
	first, err := k.Mint(e, MintOptions{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	e.Buyers = append(e.Buyers, schedule.Buyer{ID: "U2"})
	e.Consultations[0].End = now.Add(48 * time.Hour)
	second, err := k.Mint(e, MintOptions{Now: now.Add(time.Minute), Have: plain(first)})
	if err != nil {
		t.Fatal(err)
	}
	fresh := 0
	before := map[schedule.LinkID]Minted{}
	for _, m := range first {
		before[m.Link.ID] = m
	}
	for _, m := range second {
		if m.Fresh {
			fresh++
			if m.Link.Grants.Party != "U2" {
				t.Errorf("made anew: %+v", m.Link.Grants)
			}
			continue
		}
		was := before[m.Link.ID]
		if m.Path == "" || m.Path != was.Path || !m.Link.CreatedAt.Equal(was.Link.CreatedAt) {
			t.Errorf("%s is now %s", was.Path, m.Path)
		}
		if !m.Link.Grants.NotAfter.After(e.Consultations[0].End) {
			t.Errorf("%s ends at %v, before the event", m.Link.ID, m.Link.Grants.NotAfter)
		}
	}
	if fresh != 1 || len(second) != 5 {
		t.Errorf("%d of %d links are new", fresh, len(second))
	}
}

func TestMint_TwoAtOnceMakeTheSameLinks(t *testing.T) {
	k, now := testKeeper(t), time.Now()
	a, errA := k.Mint(oneOfEach(now.Add(time.Hour)), MintOptions{Now: now})
	b, errB := k.Mint(oneOfEach(now.Add(time.Hour)), MintOptions{Now: now.Add(time.Second)})
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	for i := range a {
		if a[i].Path != b[i].Path {
			t.Errorf("%s and %s", a[i].Path, b[i].Path)
		}
	}
}

func TestColleague_SeatsAreCountedUpToThePolicy(t *testing.T) {
	k, now := testKeeper(t), time.Now()
	e := oneOfEach(now.Add(time.Hour))
	o := MintOptions{Now: now}
	for want := 2; want <= 3; want++ {
		m, err := k.Colleague(e, schedule.RoleBuyer, "U1", o)
		if err != nil || m.Link.Grants.Seat != want || !m.Fresh {
			t.Fatalf("seat %d, %v; want %d", m.Link.Grants.Seat, err, want)
		}
		o.Have = append(o.Have, m.Link)
	}
	if _, err := k.Colleague(e, schedule.RoleBuyer, "U1", o); !errors.Is(err, ErrFull) {
		t.Errorf("a fourth: %v", err)
	}
}

func TestKeeper_ALinkOfAnotherKeyHasNoPath(t *testing.T) {
	k, now := testKeeper(t), time.Now()
	other, err := NewKeeper(make([]byte, keyLen))
	if err != nil {
		t.Fatal(err)
	}
	m, err := k.Console(oneOfEach(now.Add(time.Hour)), "Kim", MintOptions{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if path, ok := other.Path(m.Link); ok {
		t.Errorf("another key derives %q", path)
	}
	m.Link.Version++ // reissued: the hash is not that of this version
	if path, ok := k.Path(m.Link); ok {
		t.Errorf("another version derives %q", path)
	}
}

func TestKeyFile_IsMadeOnceForItsOwnerAlone(t *testing.T) {
	name := filepath.Join(t.TempDir(), "link.key")
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		seen = map[string]bool{}
	)
	for range 8 {
		wg.Go(func() {
			k, err := KeyFile(name)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			seen[k.Secret("x", 1)] = true
			mu.Unlock()
		})
	}
	wg.Wait()
	if len(seen) != 1 {
		t.Errorf("%d programs that start at once have different keys", len(seen))
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	left, err := os.ReadDir(filepath.Dir(name))
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are left in the folder, %v", len(left), err)
	}
	if err := os.WriteFile(name, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := KeyFile(name); err == nil {
		t.Error("half a key was taken")
	}
}
