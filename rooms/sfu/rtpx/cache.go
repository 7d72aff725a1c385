package rtpx

import (
	"sync"
	"time"
)

const (
	// MaxPacket is the largest packet a Cache keeps, in bytes: what a path
	// MTU of 1500 lets through.
	MaxPacket = 1500

	minCache  = 512
	maxCache  = 2048
	noPackets = ^uint64(0)

	// cacheHolds is how long packets stay at least: what a browser 350 ms away takes
	// to miss one, and to miss it twice more.
	cacheHolds = 1500 * time.Millisecond
	leastArena = 16 << 10
	// arenaGrows is by which part of its size the memory grows.
	arenaGrows = 4
)

// Cache keeps the latest packets of one layer for all its receivers. One
// goroutine puts, any number get; packets are copied in and out under one
// RWMutex, so that a reader never sees half of an overwritten packet. They lie one
// behind the other in memory that goes round; it grows while going round takes less
// than cacheHolds, and stays: a layer of 1.5 Mbit/s has 300 KiB. A fixed place for each
// packet was rejected: small layers would keep minutes.
type Cache struct {
	mask uint64

	mu       sync.RWMutex // guards all below
	slots    []cacheSlot
	arena    []byte
	written  uint64    // bytes, those left out at the end of a round among them
	round    time.Time // when the present one began
	highest  uint64
	started  bool
	keyframe uint64 // noPackets when none
	keyAt    time.Time
}

type cacheSlot struct {
	ext     uint64
	at      uint64 // of Cache.written
	size    int    // 0: never used
	picture Picture
}

// NewCache returns a ring for packets packets at most, rounded up to a power of two
// between 512 and 2048.
func NewCache(packets int) *Cache {
	n := minCache
	for n < packets && n < maxCache {
		n *= 2
	}
	return &Cache{
		mask:     uint64(n - 1),
		slots:    make([]cacheSlot, n),
		arena:    make([]byte, leastArena),
		keyframe: noPackets,
	}
}

// Put keeps a copy of packet, and what was read of it, under its extended sequence
// number. It refuses a packet that is too large, empty, or older than the ring.
func (c *Cache) Put(ext uint64, packet []byte, arrival time.Time, picture Picture) bool {
	if len(packet) == 0 || len(packet) > MaxPacket {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.started && ext < c.highest && c.highest-ext > c.mask {
		return false
	}
	at := c.place(len(packet), arrival)
	copy(c.arena[at%uint64(len(c.arena)):], packet)
	c.slots[ext&c.mask] = cacheSlot{ext: ext, at: at, size: len(packet), picture: picture}
	if !c.started || ext > c.highest {
		c.highest, c.started = ext, true
	}
	if picture.Keyframe && (c.keyframe == noPackets || ext > c.keyframe) {
		c.keyframe, c.keyAt = ext, arrival
	}
	return true
}

// place finds room for one packet; mu is held for writing.
func (c *Cache) place(size int, now time.Time) (at uint64) {
	if !c.started {
		c.round = now
	}
	for {
		length := uint64(len(c.arena))
		used := c.written % length
		if ends := used+uint64(size) > length || used == 0 && c.written > 0; !ends {
			break
		}
		// What would be overwritten next is as old as the round took.
		if now.Sub(c.round) >= cacheHolds || !c.grow() {
			c.round = now
			c.written += (length - used) % length
			break
		}
	}
	at = c.written
	c.written += uint64(size)
	return at
}

// grow makes the memory larger at the end of a round, unless it is as large as all
// packets can be; what there was stays at its beginning. mu is held for writing.
func (c *Cache) grow() bool {
	old, most := len(c.arena), len(c.slots)*MaxPacket
	if old >= most {
		return false
	}
	arena := make([]byte, min(old+max(old/arenaGrows, 2*MaxPacket), most))
	copy(arena, c.arena)
	written := c.written % uint64(old)
	if written == 0 {
		written = uint64(old)
	}
	for i := range c.slots {
		s := &c.slots[i]
		if at := s.at % uint64(old); c.live(s) && at < written {
			s.at = at
		} else {
			s.size = 0 // of a former round, behind the end of this one
		}
	}
	c.arena, c.written = arena, written
	return true
}

// live tells whether a slot's packet is still there; mu is held.
func (c *Cache) live(s *cacheSlot) bool {
	return s.size > 0 && c.written-s.at <= uint64(len(c.arena))
}

// Get copies the packet with this number into dst. It fails when the packet is
// not there (lost, not yet come, overwritten) or dst is too small.
func (c *Cache) Get(ext uint64, dst []byte) (n int, picture Picture, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	s := &c.slots[ext&c.mask]
	if s.ext != ext || !c.live(s) || s.size > len(dst) {
		return 0, Picture{}, false
	}
	return copy(dst, c.arena[s.at%uint64(len(c.arena)):][:s.size]), s.picture, true
}

// Forget makes Keyframe tell of none before the next: what comes is of another
// codec.
func (c *Cache) Forget() {
	c.mu.Lock()
	c.keyframe = noPackets
	c.mu.Unlock()
}

// Keyframe tells where the newest keyframe starts and when that packet came,
// and the highest number kept since: sending first to last (some may be
// missing) brings a new receiver up to date. Not ok when there was none or its
// start has been overwritten.
func (c *Cache) Keyframe() (first, last uint64, arrival time.Time, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.keyframe == noPackets || c.highest-c.keyframe > c.mask || !c.live(&c.slots[c.keyframe&c.mask]) {
		return 0, 0, time.Time{}, false
	}
	return c.keyframe, c.highest, c.keyAt, true
}
