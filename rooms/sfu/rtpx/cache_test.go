package rtpx

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var epoch = time.Date(2021, 10, 5, 1, 0, 0, 0, time.UTC)

func TestCache_KeepsTheLatest(t *testing.T) {
	c := NewCache(512)
	const first = 1<<16 - 100 // over a wrap of the 16-bit number
	for n := range uint64(600) {
		if !c.Put(first+n, []byte{byte(n), byte(n >> 8)}, epoch, Picture{}) {
			t.Fatalf("put %d", n)
		}
	}
	var b [MaxPacket]byte
	for n := range uint64(600) {
		size, _, ok := c.Get(first+n, b[:])
		if want := n >= 88; ok != want {
			t.Fatalf("packet %d there: %v", n, ok)
		}
		if ok && !bytes.Equal(b[:size], []byte{byte(n), byte(n >> 8)}) {
			t.Fatalf("packet %d is % x", n, b[:size])
		}
	}
	if _, _, ok := c.Get(first+600, b[:]); ok {
		t.Error("a packet of the future")
	}
}

func TestCache_Refuses(t *testing.T) {
	c := NewCache(0)
	if c.Put(1<<16, make([]byte, MaxPacket+1), epoch, Picture{}) {
		t.Error("took a packet that is too large")
	}
	if c.Put(1<<16, nil, epoch, Picture{}) {
		t.Error("took an empty packet")
	}
	if !c.Put(1<<16, make([]byte, MaxPacket), epoch, Picture{}) {
		t.Error("refused the largest packet")
	}
	var small [MaxPacket - 1]byte
	if _, _, ok := c.Get(1<<16, small[:]); ok {
		t.Error("copied into too small a buffer")
	}
	if c.Put(1<<16-512, []byte{1}, epoch, Picture{}) {
		t.Error("an old packet took a newer one's place")
	}
	if !c.Put(1<<16-511, []byte{1}, epoch, Picture{}) {
		t.Error("refused a late packet that has a place")
	}
}

func TestCache_SizeIsAPowerOfTwoWithinBounds(t *testing.T) {
	for asked, want := range map[int]int{0: 512, 512: 512, 513: 1024, 2000: 2048, 100000: 2048} {
		if got := len(NewCache(asked).slots); got != want {
			t.Errorf("%d packets: ring of %d, want %d", asked, got, want)
		}
	}
}

// Sizes, paces and gaps of any kind: the newest is there, and what is there is whole.
func TestCache_WhatIsThereIsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := NewCache(512)
		now, ext := epoch, uint64(1<<16)
		type kept struct {
			ext  uint64
			at   time.Time
			size int
		}
		var all []kept
		for range rapid.IntRange(1, 40).Draw(t, "phases") {
			gap := time.Duration(rapid.IntRange(1, 40_000).Draw(t, "µs between packets")) * time.Microsecond
			most := rapid.IntRange(1, MaxPacket).Draw(t, "largest")
			for i := range rapid.IntRange(1, 200).Draw(t, "packets") {
				now = now.Add(gap)
				ext += 1 + uint64(i%17/16)
				size := 1 + (i*7919+most)%most
				if !c.Put(ext, bytes.Repeat([]byte{byte(ext)}, size), now, Picture{PictureID: uint16(ext)}) {
					t.Fatalf("refused %d", ext)
				}
				all = append(all, kept{ext, now, size})
			}
		}
		var b [MaxPacket]byte
		for i, k := range all {
			n, v, ok := c.Get(k.ext, b[:])
			if !ok {
				if i == len(all)-1 {
					t.Fatalf("the newest, %d, is not there", k.ext)
				}
				continue
			}
			if n != k.size || b[0] != byte(k.ext) || b[n-1] != byte(k.ext) || v.PictureID != uint16(k.ext) {
				t.Fatalf("packet %d came back as %d bytes of %d", k.ext, n, b[0])
			}
		}
		if len(c.arena) > len(c.slots)*MaxPacket {
			t.Fatalf("%d bytes", len(c.arena))
		}
	})
}

func TestCache_MemoryGoesByThePaceOfALayer(t *testing.T) {
	for _, layer := range []struct {
		name      string
		pace      int // packets a second
		size      int
		least, kb int // milliseconds that are there, and memory at most
	}{
		{"150 kbit/s", 25, 750, 1500, 50},
		{"450 kbit/s", 60, 940, 1500, 130},
		{"1.5 Mbit/s", 170, 1100, 1500, 400},
		{"all that fits", 2000, 1400, 200, 768},
	} {
		t.Run(layer.name, func(t *testing.T) {
			c := NewCache(512)
			gap := time.Second / time.Duration(layer.pace)
			now, ext := epoch, uint64(1<<16)
			for range 60 * layer.pace {
				now = now.Add(gap)
				ext++
				c.Put(ext, make([]byte, layer.size), now, Picture{})
			}
			var b [MaxPacket]byte
			back := uint64(time.Duration(layer.least) * time.Millisecond / gap)
			for n := range back {
				if _, _, ok := c.Get(ext-n, b[:]); !ok {
					t.Fatalf("what came %v ago is gone", time.Duration(n)*gap)
				}
			}
			if len(c.arena) > layer.kb<<10 {
				t.Errorf("%d KiB", len(c.arena)>>10)
			}
		})
	}
}

func TestCache_RemembersTheNewestKeyframe(t *testing.T) {
	c := NewCache(512)
	if _, _, _, ok := c.Keyframe(); ok {
		t.Fatal("keyframe of an empty cache")
	}
	const n = 1 << 16
	at := epoch.Add(time.Second)
	c.Put(n+10, []byte{1}, at, Picture{Keyframe: true})
	c.Put(n+11, []byte{1}, at, Picture{})
	c.Put(n+15, []byte{1}, at, Picture{})
	c.Put(n+5, []byte{1}, at.Add(time.Second), Picture{Keyframe: true}) // late, older
	if first, last, arrival, ok := c.Keyframe(); !ok || first != n+10 || last != n+15 || !arrival.Equal(at) {
		t.Fatalf("Keyframe = %d, %d, %v, %v", first, last, arrival, ok)
	}
	c.Put(n+10+511, []byte{1}, at, Picture{})
	if _, _, _, ok := c.Keyframe(); !ok {
		t.Error("forgotten one packet too early")
	}
	c.Put(n+10+512, []byte{1}, at, Picture{})
	if _, _, _, ok := c.Keyframe(); ok {
		t.Error("remembered although overwritten")
	}
}

func TestCache_ReadersNeverSeeHalfAPacket(t *testing.T) {
	c := NewCache(512)
	const packets = 20000
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var b [MaxPacket]byte
			for {
				select {
				case <-stop:
					return
				default:
				}
				_, last, _, ok := c.Keyframe()
				if !ok {
					continue
				}
				for back := range uint64(600) {
					n, _, ok := c.Get(last-back, b[:])
					if !ok {
						continue
					}
					for _, x := range b[:n] {
						if x != byte(last-back) {
							t.Errorf("packet %d has bytes of another", last-back)
							return
						}
					}
				}
			}
		}()
	}
	for n := uint64(1 << 16); n < 1<<16+packets; n++ {
		c.Put(n, bytes.Repeat([]byte{byte(n)}, 200+int(n%900)), epoch, Picture{Keyframe: n%300 == 0})
	}
	close(stop)
	wg.Wait()
}

func BenchmarkCachePut(b *testing.B) {
	c := NewCache(512)
	p := make([]byte, 1100)
	for n := range uint64(512) {
		c.Put(n, p, epoch, Picture{})
	}
	b.ReportAllocs()
	n := uint64(512)
	for b.Loop() {
		c.Put(n, p, epoch, Picture{})
		n++
	}
}

func BenchmarkCacheGet(b *testing.B) {
	c := NewCache(512)
	c.Put(7, make([]byte, 1100), epoch, Picture{})
	var dst [MaxPacket]byte
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok := c.Get(7, dst[:]); !ok {
			b.Fatal("gone")
		}
	}
}
