package rtpx

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

const ext0 = 1<<16 + 1000 // some source's first number

func videoMunger() *Munger {
	return NewMunger(MungerOptions{Clock: 90000, Video: true, Sequence: 100, Timestamp: 5000, PictureID: 0x7ffe, TL0: 254, KeyIdx: 30})
}

func audioMunger() *Munger {
	return NewMunger(MungerOptions{Clock: 48000, Sequence: 65534, Timestamp: 0xffffff00})
}

// frame is a one-packet frame: number, timestamp and ids of the source.
func frame(ext uint64, ts uint32, at time.Duration, id uint16, key bool) Packet {
	return Packet{Ext: ext, Timestamp: ts, Marker: true, Arrival: epoch.Add(at), Picture: Picture{
		Codec: VP8,
		Start: true, Keyframe: key, HasPictureID: true, LongID: true, PictureID: id,
		HasTL0: true, TL0: uint8(id), HasTID: true, HasKeyIdx: true, KeyIdx: uint8(id/100) & 0x1f, Size: 6,
	}}
}

func sound(ext uint64, ts uint32, at time.Duration) Packet {
	return Packet{Ext: ext, Timestamp: ts, Arrival: epoch.Add(at)}
}

func mustMap(t *testing.T, m *Munger, p Packet) Out {
	t.Helper()
	o, ok := m.Map(p)
	if !ok {
		t.Fatalf("packet %d refused", p.Ext)
	}
	return o
}

func refuse(t *testing.T, m *Munger, p Packet, why string) {
	t.Helper()
	if o, ok := m.Map(p); ok {
		t.Fatalf("%s: packet %d mapped to %+v", why, p.Ext, o)
	}
}

func TestMunger_NothingPassesWithoutSource(t *testing.T) {
	m := videoMunger()
	refuse(t, m, frame(ext0, 0, 0, 0, true), "no source yet")
	if m.NeedsKeyframe() {
		t.Error("asks for a keyframe of nothing")
	}
	m.Switch(Switch{})
	mustMap(t, m, frame(ext0, 0, 0, 0, true))
	m.Stop()
	refuse(t, m, frame(ext0+1, 0, 0, 0, true), "stopped")
}

func TestMunger_VideoStartsOnAKeyframe(t *testing.T) {
	m := videoMunger()
	m.Switch(Switch{})
	if !m.NeedsKeyframe() {
		t.Fatal("does not ask for a keyframe")
	}
	refuse(t, m, frame(ext0, 0, 0, 1, false), "delta frame first")
	o := mustMap(t, m, frame(ext0+1, 3000, 0, 2, true))
	want := Out{Sequence: 100, Timestamp: 5000, Marker: true, PictureID: 0x7ffe, TL0: 254, KeyIdx: 30, First: true}
	if o != want {
		t.Errorf("first packet %+v, want the seeds %+v", o, want)
	}
	if m.NeedsKeyframe() {
		t.Error("still asks")
	}
	refuse(t, m, frame(ext0, 0, 0, 1, false), "from before the keyframe")

	// Another person: the old one's packets stop at once.
	m.Switch(Switch{})
	refuse(t, m, frame(ext0+2, 6000, time.Second, 3, false), "old person after the switch")
}

func TestMunger_NumbersContinueOverASwitch(t *testing.T) {
	m := videoMunger()
	m.Switch(Switch{})
	mustMap(t, m, frame(ext0, 90000, 0, 500, true))
	last := mustMap(t, m, frame(ext0+1, 93000, 33*time.Millisecond, 501, false))
	if last.PictureID != 0x7fff || last.TL0 != 255 {
		t.Fatalf("second packet %+v", last)
	}
	m.Switch(Switch{})
	begin := uint32(0xfffffff0)
	o := mustMap(t, m, frame(7<<16+65535, begin, 533*time.Millisecond, 0x7fff, true))
	want := Out{
		Sequence: last.Sequence + 1, Timestamp: last.Timestamp + 45000, Marker: true, // half a second
		PictureID: 0, TL0: 0, KeyIdx: 31, First: true, // all wrap
	}
	if o != want {
		t.Errorf("after the switch %+v, want %+v", o, want)
	}
	o = mustMap(t, m, frame(8<<16, begin+3000, 566*time.Millisecond, 0, false))
	if o.Sequence != want.Sequence+1 || o.Timestamp != want.Timestamp+3000 || o.PictureID != 1 || o.First {
		t.Errorf("next %+v", o)
	}
}

func TestMunger_TimeNeverStandsStill(t *testing.T) {
	m := videoMunger()
	m.Switch(Switch{})
	a := mustMap(t, m, frame(ext0, 90000, 0, 1, true))
	m.Switch(Switch{})
	b := mustMap(t, m, frame(5<<16, 4, 0, 1, true)) // the same instant
	if b.Timestamp != a.Timestamp+1 {
		t.Errorf("timestamp %d after %d, want one tick more", b.Timestamp, a.Timestamp)
	}
	m.Switch(Switch{})
	c := mustMap(t, m, frame(6<<16, 4, -time.Second, 1, true)) // arrivals out of order
	if c.Timestamp != b.Timestamp+1 {
		t.Errorf("timestamp %d after %d, want one tick more", c.Timestamp, b.Timestamp)
	}
}

func TestMunger_LayersKeepTheirCommonTime(t *testing.T) {
	const shift = 1234500 // new layer's timestamp less the old one's
	for _, tc := range []struct {
		name string
		ts   uint32 // of the new layer
		at   time.Duration
		want uint32 // after the old layer's last
	}{
		{"one frame later", 93000 + shift, 30 * time.Millisecond, 3000},
		{"the same picture", 90000 + shift, 5 * time.Millisecond, 1},
		{"an earlier picture", 87000 + shift, 5 * time.Millisecond, 1},
		{"impossibly far ahead: wall clock", 90000*10 + shift, 100 * time.Millisecond, 9000},
		{"impossibly far behind: wall clock", shift - 90000*5, 100 * time.Millisecond, 9000},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := videoMunger()
			m.Switch(Switch{})
			a := mustMap(t, m, frame(ext0, 90000, 0, 1, true))
			m.Switch(Switch{Aligned: true, Shift: shift})
			b := mustMap(t, m, frame(5<<16, tc.ts, tc.at, 1, true))
			if b.Timestamp-a.Timestamp != tc.want {
				t.Errorf("advanced by %d, want %d", int32(b.Timestamp-a.Timestamp), tc.want)
			}
		})
	}
}

func TestMunger_OvertakenPacketsKeepTheirNumbers(t *testing.T) {
	m := videoMunger()
	m.Switch(Switch{})
	first := mustMap(t, m, frame(ext0, 0, 0, 10, true))
	five := mustMap(t, m, frame(ext0+5, 5*3000, 0, 15, false))
	if five.Sequence != first.Sequence+5 {
		t.Fatalf("a loss was hidden: %d after %d", five.Sequence, first.Sequence)
	}
	three := mustMap(t, m, frame(ext0+3, 3*3000, 0, 13, false))
	if three.Sequence != first.Sequence+3 || three.Timestamp != first.Timestamp+9000 || three.PictureID != (first.PictureID+3)&0x7fff {
		t.Errorf("late packet %+v after first %+v", three, first)
	}
	refuse(t, m, frame(ext0+3, 3*3000, 0, 13, false), "repetition")
	refuse(t, m, frame(ext0-1, 0, 0, 9, false), "before the epoch")
	six := mustMap(t, m, frame(ext0+6, 6*3000, 0, 16, false))
	if six.Sequence != first.Sequence+6 {
		t.Errorf("after the late one: %d", six.Sequence)
	}
}

func TestMunger_DroppedPacketsLeaveNoGap(t *testing.T) {
	m := videoMunger()
	m.Switch(Switch{})
	first := mustMap(t, m, frame(ext0, 0, 0, 10, true))
	drop := func(n uint64, want bool) {
		t.Helper()
		if got := m.Drop(ext0 + n); got != want {
			t.Fatalf("Drop(%d) = %v", n, got)
		}
	}
	out := func(n uint64) uint16 {
		t.Helper()
		return mustMap(t, m, frame(ext0+n, uint32(n)*3000, 0, uint16(10+n), false)).Sequence - first.Sequence
	}
	drop(1, true)
	drop(2, true)
	if got := out(3); got != 1 {
		t.Errorf("3 became %d, want 1", got)
	}
	// 4 is missing when 5 is dropped: 4 keeps its place for when it comes.
	drop(5, true)
	if got := out(6); got != 3 {
		t.Errorf("6 became %d, want 3", got)
	}
	if got := out(4); got != 2 {
		t.Errorf("4 became %d, want 2", got)
	}
	refuse(t, m, frame(ext0+5, 0, 0, 15, false), "dropped before")
	// 7 is missing, 8 goes out: 7 can no longer vanish.
	if got := out(8); got != 5 {
		t.Errorf("8 became %d, want 5", got)
	}
	drop(7, false)
	if got := out(7); got != 4 {
		t.Errorf("7 became %d, want 4", got)
	}
	if !m.Drop(ext0 - 5) {
		t.Error("from before the epoch: may go")
	}
}

func TestMunger_DropsBeforeTheFirstPacketCountNothing(t *testing.T) {
	m := videoMunger()
	if !m.Drop(ext0) {
		t.Error("no source: everything may go")
	}
	m.Switch(Switch{})
	if !m.Drop(ext0) {
		t.Error("no keyframe yet: everything may go")
	}
	if o := mustMap(t, m, frame(ext0+1, 0, 0, 0, true)); o.Sequence != 100 {
		t.Errorf("first number %d", o.Sequence)
	}
}

// A hole before a switch is not given to the next source.
func TestMunger_DropAfterAGapThenSwitch(t *testing.T) {
	m := videoMunger()
	m.Switch(Switch{})
	first := mustMap(t, m, frame(ext0, 0, 0, 10, true))
	m.Drop(ext0 + 4) // 1, 2, 3 missing
	m.Switch(Switch{})
	o := mustMap(t, m, frame(9<<16, 0, time.Second, 1, true))
	if got := o.Sequence - first.Sequence; got != 4 {
		t.Errorf("next source begins at %d, want 4", got)
	}
}

func TestMunger_AudioMarksTheFirstPacketOfASource(t *testing.T) {
	m := audioMunger()
	m.Switch(Switch{})
	if m.NeedsKeyframe() {
		t.Error("audio asks for a keyframe")
	}
	a := mustMap(t, m, sound(ext0, 960, 0))
	b := mustMap(t, m, sound(ext0+1, 1920, 20*time.Millisecond))
	c := mustMap(t, m, sound(ext0+2, 2880, 40*time.Millisecond))
	if !a.Marker || b.Marker || a.Sequence != 65534 || c.Sequence != 0 || c.Timestamp != 1920-0x100 {
		t.Errorf("%+v %+v %+v", a, b, c)
	}
	m.Switch(Switch{})
	d := mustMap(t, m, sound(3<<16, 7, 90*time.Millisecond))
	if !d.Marker || d.Sequence != 1 || d.Timestamp-c.Timestamp != 2400 {
		t.Errorf("after the switch %+v", d)
	}
}

func TestMunger_ASourceWhoseTimeLeapsIsAnchoredAnew(t *testing.T) {
	for name, ts := range map[string]uint32{"back": 1000, "far ahead": 960 + 48000*60} {
		t.Run(name, func(t *testing.T) {
			m := audioMunger()
			m.Switch(Switch{})
			a := mustMap(t, m, sound(ext0, 96000, 0))
			b := mustMap(t, m, sound(ext0+1, 96000+ts, 20*time.Millisecond))
			if name == "back" {
				b = mustMap(t, m, sound(ext0+2, ts, 20*time.Millisecond))
			}
			if got := int32(b.Timestamp - a.Timestamp); got < 1 || got > 2000 {
				t.Errorf("advanced by %d", got)
			}
		})
	}
	t.Run("not for a pause", func(t *testing.T) {
		m := audioMunger()
		m.Switch(Switch{})
		a := mustMap(t, m, sound(ext0, 0, 0))
		b := mustMap(t, m, sound(ext0+1, 48000*60, time.Minute+30*time.Millisecond))
		if got := b.Timestamp - a.Timestamp; got != 48000*60 {
			t.Errorf("advanced by %d", got)
		}
	})
}

func TestMunger_ALongOutageNeedsAKeyframe(t *testing.T) {
	m := videoMunger()
	m.Switch(Switch{})
	a := mustMap(t, m, frame(ext0, 0, 0, 1, true))
	refuse(t, m, frame(ext0+HistorySize+1, 90000, time.Second, 2, false), "delta after the outage")
	if !m.NeedsKeyframe() {
		t.Error("does not ask for a keyframe")
	}
	b := mustMap(t, m, frame(ext0+HistorySize+2, 93000, time.Second, 3, true))
	if b.Sequence != a.Sequence+1 {
		t.Errorf("the hole of %d was passed on", b.Sequence-a.Sequence)
	}
}

func TestMunger_ShortPictureIDsWiden(t *testing.T) {
	m := videoMunger()
	m.Switch(Switch{})
	p := frame(ext0, 0, 0, 0, true)
	p.Picture.LongID, p.Picture.PictureID = false, 126
	first := mustMap(t, m, p).PictureID
	for i := uint16(1); i < 300; i++ {
		p := frame(ext0+uint64(i), uint32(i)*3000, 0, 0, false)
		p.Picture.LongID, p.Picture.PictureID = false, (126+i)&0x7f
		if o := mustMap(t, m, p); (o.PictureID-first-i)&0x7f != 0 {
			t.Fatalf("id %d of frame %d after %d", o.PictureID, i, first)
		}
	}
	m.Switch(Switch{})
	o := mustMap(t, m, frame(9<<16, 0, 0, 77, true))
	if want := (first + 300) & 0x7fff; o.PictureID != want {
		t.Errorf("long id after short ones: %d, want %d", o.PictureID, want)
	}
}

func TestMunger_LookupRewritesTheSamePacket(t *testing.T) {
	m := videoMunger()
	one, two := NewCache(512), NewCache(512)
	sent := map[uint16]Out{}
	source := map[uint16]Packet{}
	send := func(p Packet) {
		o := mustMap(t, m, p)
		o.First = false
		sent[o.Sequence], source[o.Sequence] = o, p
	}
	m.Switch(Switch{Cache: one})
	send(frame(ext0, 0, 0, 1, true))
	m.Drop(ext0 + 1)
	send(frame(ext0+2, 3000, 0, 2, false))
	send(frame(ext0+4, 9000, 0, 4, false))
	send(frame(ext0+3, 6000, 0, 3, false))
	m.Switch(Switch{Cache: two})
	send(frame(6<<16, 77, time.Second, 0x7fff, true))
	send(frame(6<<16+1, 3077, time.Second, 0, false))
	for seq, want := range sent {
		o, ok := m.lookup(seq)
		if !ok {
			t.Fatalf("%d not found", seq)
		}
		p := source[seq]
		cache := one
		if p.Ext >= 6<<16 {
			cache = two
		}
		if o.Ext != p.Ext || o.Cache != cache {
			t.Errorf("%d came from %d, want %d", seq, o.Ext, p.Ext)
		}
		if got := o.Rewrite(p.Timestamp, p.Marker, p.Picture); got != want {
			t.Errorf("%d rewritten to %+v, first time %+v", seq, got, want)
		}
	}
	if _, ok := m.lookup(99); ok {
		t.Error("found what was never sent")
	}
	if _, ok := m.lookup(100 + uint16(len(sent))); ok {
		t.Error("found what was not sent yet")
	}
}

// What is missing can be resent although it never went out: the cache may have
// it by now.
func TestMunger_HistoryKnowsMissingPackets(t *testing.T) {
	m := videoMunger()
	m.Switch(Switch{})
	first := mustMap(t, m, frame(ext0, 0, 0, 1, true))
	mustMap(t, m, frame(ext0+3, 9000, 0, 4, false))
	o, ok := m.lookup(first.Sequence + 2)
	if !ok || o.Ext != ext0+2 {
		t.Fatalf("%+v, %v", o, ok)
	}
	late := mustMap(t, m, frame(ext0+2, 6000, 0, 3, false))
	p := frame(ext0+2, 6000, 0, 3, false)
	if got := o.Rewrite(p.Timestamp, p.Marker, p.Picture); got != late {
		t.Errorf("resend %+v, late arrival %+v", got, late)
	}
}

func TestMunger_HistoryEnds(t *testing.T) {
	m := NewMunger(MungerOptions{Clock: 48000, History: 64})
	m.Switch(Switch{})
	for n := range uint64(100) {
		mustMap(t, m, sound(ext0+n, uint32(n)*960, 0))
	}
	if _, ok := m.lookup(99 - 64); ok {
		t.Error("older than the history")
	}
	if _, ok := m.lookup(100 - 64); !ok {
		t.Error("oldest of the history is gone")
	}
	for range epochsKept {
		m.Switch(Switch{})
	}
	if _, ok := m.lookup(99); ok {
		t.Error("resend reaches further back than its caches are kept")
	}
}

func TestMunger_ResendPolicy(t *testing.T) {
	const rtt = 100 * time.Millisecond
	newSent := func() *Munger {
		m := videoMunger()
		m.Switch(Switch{})
		mustMap(t, m, frame(ext0, 0, 0, 1, true))
		mustMap(t, m, frame(ext0+1, 3000, 0, 2, false))
		return m
	}
	at := func(ms int) time.Time { return epoch.Add(time.Duration(ms) * time.Millisecond) }
	t.Run("once within 0.9 RTT", func(t *testing.T) {
		m := newSent()
		for _, st := range []struct {
			ms   int
			want bool
		}{{10, true}, {20, false}, {99, false}, {100, true}, {150, false}, {190, true}} {
			if _, ok := m.Resend(101, at(st.ms), rtt); ok != st.want {
				t.Errorf("at %d ms: %v", st.ms, ok)
			}
		}
		if _, ok := m.Resend(100, at(20), rtt); !ok {
			t.Error("one packet's resend holds up another's")
		}
	})
	t.Run("at most four times", func(t *testing.T) {
		m := newSent()
		n := 0
		for i := range 20 {
			if _, ok := m.Resend(101, at(i*1000), rtt); ok {
				n++
			}
		}
		if n != resendLimit {
			t.Errorf("resent %d times", n)
		}
	})
	t.Run("not before the newest keyframe", func(t *testing.T) {
		m := newSent()
		mustMap(t, m, frame(ext0+2, 6000, 0, 3, true))
		if _, ok := m.Resend(101, at(10), rtt); ok {
			t.Error("resent what nobody needs")
		}
		if _, ok := m.Resend(102, at(10), rtt); !ok {
			t.Error("the keyframe itself is not resent")
		}
	})
	t.Run("nothing before the first packet", func(t *testing.T) {
		if _, ok := videoMunger().Resend(99, at(0), rtt); ok {
			t.Error("resent nothing")
		}
	})
}

func TestMunger_TimestampOffsetIsWhatMapAdds(t *testing.T) {
	m := videoMunger()
	if _, ok := m.TimestampOffset(); ok {
		t.Error("offset without source")
	}
	m.Switch(Switch{})
	if _, ok := m.TimestampOffset(); ok {
		t.Error("offset before the first packet")
	}
	o := mustMap(t, m, frame(ext0, 777, 0, 1, true))
	if off, ok := m.TimestampOffset(); !ok || 777+off != o.Timestamp {
		t.Errorf("offset %d, %v", off, ok)
	}
}

// checkStream drives a Munger with an arbitrary course of events and checks
// what must hold whatever happens: no two packets under one number, numbers in
// source order within an epoch, epochs one after another without a hole larger
// than what was really lost, time that never runs back, and resends that equal
// the first time.
func checkStream(t interface{ Fatalf(string, ...any) }, video bool, next func(int) int, steps int) {
	m := NewMunger(MungerOptions{Clock: 90000, Video: video, Sequence: 65500, Timestamp: 0xfffff000, PictureID: 0x7ff0, TL0: 250, KeyIdx: 29})
	type record struct {
		epoch  int
		packet Packet
		out    Out
	}
	sent := map[uint64]record{}
	var (
		ep      int
		ext     uint64
		ts      uint32
		id      uint16
		now     time.Duration
		lastOut uint64
		lastTS  uint32
		late    []Packet
	)
	note := func(p Packet, o Out) uint64 {
		out := 1<<16 | uint64(o.Sequence)
		if lastOut > 0 {
			out = Extend(lastOut, o.Sequence)
		}
		if _, dup := sent[out]; dup {
			t.Fatalf("number %d twice", out)
		}
		sent[out] = record{ep, p, o}
		lastOut = max(lastOut, out)
		return out
	}
	for range steps {
		now += time.Duration(next(40)) * time.Millisecond
		switch op := next(20); {
		case op == 0:
			ep++
			ext, ts, id = uint64(1<<16+next(1<<16)), uint32(next(1<<31-1))*2, uint16(next(1<<15))
			late = nil
			m.Switch(Switch{})
			continue
		case op == 1:
			ext++
			if !m.Drop(ext) {
				t.Fatalf("dropping the newest is always possible")
			}
			continue
		case op == 2: // lost, perhaps late
			ext++
			ts += 3000
			id = (id + 1) & 0x7fff
			late = append(late, frame(ext, ts, now, id, false))
			continue
		case op == 3 && len(late) > 0:
			i := next(len(late))
			p := late[i]
			late = append(late[:i], late[i+1:]...)
			p.Arrival = epoch.Add(now)
			if o, ok := m.Map(p); ok {
				note(p, o)
				if o.First {
					// Nothing newer of this source went out: what it
					// overtook comes from before the begin.
					lastTS = o.Timestamp
				}
			}
			continue
		}
		ext++
		ts += 3000
		id = (id + 1) & 0x7fff
		p := frame(ext, ts, now, id, next(5) == 0)
		o, ok := m.Map(p)
		if !ok {
			if !video && ep > 0 {
				t.Fatalf("newest packet of a source refused")
			}
			continue
		}
		before := lastOut
		out := note(p, o)
		if out <= before {
			t.Fatalf("newest packet got number %d after %d", out, before)
		}
		if before > 0 && int32(o.Timestamp-lastTS) <= 0 {
			t.Fatalf("timestamp %d after %d", o.Timestamp, lastTS)
		}
		lastTS = o.Timestamp
		if o.First && video && !p.Picture.Keyframe {
			t.Fatalf("source begun without a keyframe")
		}
	}
	for out, r := range sent {
		o, ok := m.lookup(uint16(out))
		if !ok {
			if lastOut-out < HistorySize && ep-r.epoch < epochsKept {
				t.Fatalf("number %d forgotten", out)
			}
			continue
		}
		if lastOut-out >= HistorySize {
			continue
		}
		again := o.Rewrite(r.packet.Timestamp, r.packet.Marker, r.packet.Picture)
		again.First = r.out.First
		if o.Ext != r.packet.Ext || again != r.out {
			t.Fatalf("number %d: first %+v of %d, again %+v of %d", out, r.out, r.packet.Ext, again, o.Ext)
		}
	}
	for a, ra := range sent {
		for _, b := range []uint64{a + 1, a + 2, a + 7} {
			if rb, ok := sent[b]; ok && (rb.epoch < ra.epoch || rb.epoch == ra.epoch && rb.packet.Ext <= ra.packet.Ext) {
				t.Fatalf("numbers %d and %d in the wrong order", a, b)
			}
		}
	}
}

func TestMunger_HoldsWhateverHappens(t *testing.T) {
	for name, video := range map[string]bool{"video": true, "audio": false} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				checkStream(t, video, func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "choice") }, rapid.IntRange(1, 300).Draw(t, "steps"))
			})
		})
	}
}

func FuzzMunger(f *testing.F) {
	f.Add([]byte{1, 0, 9, 9, 9, 9, 4, 5, 6, 7, 2, 3, 0, 1}, true)
	f.Add([]byte("a person leaves, another comes, packets overtake one another"), false)
	f.Add([]byte{0, 0, 1, 1, 2, 2, 3, 3, 255, 254, 253, 128, 127, 20, 21, 40, 41, 60}, true)
	f.Fuzz(func(t *testing.T, data []byte, video bool) {
		i := 0
		next := func(n int) int {
			if len(data) == 0 {
				return 0
			}
			v := int(data[i%len(data)])<<8 | int(data[(i*7+1)%len(data)])
			i++
			return v % n
		}
		checkStream(t, video, next, 4*len(data))
	})
}

func BenchmarkMungerMap(b *testing.B) {
	m := videoMunger()
	m.Switch(Switch{})
	p := frame(ext0, 0, 0, 0, true)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := m.Map(p); !ok {
			b.Fatal("refused")
		}
		p.Ext++
		p.Picture.Keyframe = false
		if p.Ext%2 == 0 {
			p.Timestamp += 3000
			p.Arrival = p.Arrival.Add(33 * time.Millisecond)
			p.Picture.PictureID = (p.Picture.PictureID + 1) & 0x7fff
		}
	}
}

func BenchmarkMungerResend(b *testing.B) {
	m := audioMunger()
	m.Switch(Switch{})
	for n := range uint64(HistorySize) {
		m.Map(sound(ext0+n, uint32(n)*960, 0))
	}
	b.ReportAllocs()
	seq := uint16(0)
	for b.Loop() {
		m.Resend(65534+seq%HistorySize, epoch, time.Millisecond)
		seq++
	}
}

// lookup is Resend without its policy: it tells what went out, or would have gone, under a sequence number.
func (m *Munger) lookup(seq uint16) (Origin, bool) {
	e := m.entry(seq)
	if e == nil {
		return Origin{}, false
	}
	return m.origin(e), true
}
