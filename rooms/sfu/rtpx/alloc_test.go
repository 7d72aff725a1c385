package rtpx

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// The whole way of one packet to one receiver takes nothing from the heap.
func TestHotPath_AllocatesNothing(t *testing.T) {
	in := AppendPacket(nil, OutHeader{PayloadType: 96, Sequence: 1, SSRC: 9}, []Extension{{ID: 3, Data: []byte{1, 2}}},
		append([]byte{0x90, 0xf0, 0x80, 1, 2, 3}, keyTag...))
	var (
		seq     Sequence
		losses  Losses
		cache   = NewCache(512)
		munger  = videoMunger()
		out     = make([]byte, 0, MaxPacket)
		again   [MaxPacket]byte
		pairs   = make([]rtcp.NackPair, 0, maxMissing)
		now     = epoch
		n       uint16
		failure string
	)
	munger.Switch(Switch{Cache: cache})
	for range uint64(minCache) {
		n++
		cache.Put(1<<16|uint64(n), in, now, Picture{})
	}
	step := func() {
		n += 1 + n%2 // every other packet is lost
		now = now.Add(time.Millisecond)
		h, err := ParseHeader(in)
		if err != nil {
			failure = "header"
			return
		}
		h.SetSequence(n)
		h.SetTimestamp(uint32(n) * 3000)
		v, err := ParseVP8(h.Payload())
		ext, fresh := seq.Accept(h.Sequence())
		if err != nil || !fresh || !cache.Put(ext, in, now, v) {
			failure = "receiving"
			return
		}
		losses.Received(ext, now)
		pairs = losses.Due(now, time.Millisecond, pairs[:0])
		o, ok := munger.Map(Packet{Ext: ext, Timestamp: h.Timestamp(), Marker: h.Marker(), Arrival: now, Picture: v})
		if !ok {
			failure = "mapping"
			return
		}
		exts := [1]Extension{{ID: 4, Data: h.Extension(3)}}
		out = AppendPacket(out[:0], OutHeader{PayloadType: 96, Sequence: o.Sequence, Timestamp: o.Timestamp, SSRC: 5}, exts[:], h.Payload())
		v.Rewrite(out[len(out)-len(h.Payload()):], o.PictureID, o.TL0, o.KeyIdx)
		origin, ok := munger.Resend(o.Sequence, now, time.Millisecond)
		if !ok {
			failure = "resend"
			return
		}
		size, _, ok := origin.Cache.Get(origin.Ext, again[:])
		if !ok {
			failure = "cache"
			return
		}
		out = AppendRTX(out[:0], OutHeader{PayloadType: 97}, exts[:], o.Sequence, again[:size])
	}
	if allocs := testing.AllocsPerRun(400, step); allocs != 0 {
		t.Errorf("%v allocations a packet", allocs)
	}
	if failure != "" {
		t.Error(failure)
	}
}
