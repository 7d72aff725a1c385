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
	slabSize  = 32 // packets whose memory is allocated at once
	noPackets = ^uint64(0)
)

// Cache keeps the latest packets of one layer for all its receivers. One
// goroutine puts, any number get; packets are copied in and out under one
// RWMutex, so that a reader never sees half of an overwritten packet. Memory
// comes in slabs as the layer begins to flow and stays.
type Cache struct {
	mask uint64

	mu       sync.RWMutex // guards all below
	slots    []cacheSlot
	slabs    [][]byte
	highest  uint64
	started  bool
	keyframe uint64 // noPackets when none
	keyAt    time.Time
}

type cacheSlot struct {
	ext     uint64
	size    int // 0: never used
	picture Picture
	arrival time.Time
}

// NewCache returns a ring for packets packets, rounded up to a power of two
// between 512 and 2048.
func NewCache(packets int) *Cache {
	n := minCache
	for n < packets && n < maxCache {
		n *= 2
	}
	return &Cache{
		mask:     uint64(n - 1),
		slots:    make([]cacheSlot, n),
		slabs:    make([][]byte, n/slabSize),
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
	i := ext & c.mask
	buf := c.buffer(i)
	copy(buf, packet)
	c.slots[i] = cacheSlot{ext: ext, size: len(packet), picture: picture, arrival: arrival}
	if !c.started || ext > c.highest {
		c.highest, c.started = ext, true
	}
	if picture.Keyframe && (c.keyframe == noPackets || ext > c.keyframe) {
		c.keyframe, c.keyAt = ext, arrival
	}
	return true
}

// Get copies the packet with this number into dst. It fails when the packet is
// not there (lost, not yet come, overwritten) or dst is too small.
func (c *Cache) Get(ext uint64, dst []byte) (n int, picture Picture, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	i := ext & c.mask
	s := c.slots[i]
	if s.size == 0 || s.ext != ext || s.size > len(dst) {
		return 0, Picture{}, false
	}
	return copy(dst, c.slabs[i/slabSize][i%slabSize*MaxPacket:][:s.size]), s.picture, true
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
	if c.keyframe == noPackets || c.highest-c.keyframe > c.mask {
		return 0, 0, time.Time{}, false
	}
	return c.keyframe, c.highest, c.keyAt, true
}

// buffer is called with mu held for writing.
func (c *Cache) buffer(i uint64) []byte {
	slab := &c.slabs[i/slabSize]
	if *slab == nil {
		*slab = make([]byte, slabSize*MaxPacket)
	}
	return (*slab)[i%slabSize*MaxPacket:][:MaxPacket]
}
