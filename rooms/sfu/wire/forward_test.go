package wire

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/srtp/v3"
)

// stage is one who publishes and some who watch.
func stage(t testing.TB, watching int, profile srtp.ProtectionProfile) (*Net, *guest, []*guest) {
	n := listen(t, "127.0.0.1:0")
	publisher := newGuest(t, n, profile)
	var viewers []*guest
	for range watching {
		viewers = append(viewers, newGuest(t, n, profile))
	}
	publisher.ear.onRTP = func(b []byte) {
		for _, v := range viewers {
			if err := v.conn.send(b, false); err != nil {
				t.Error(err)
			}
		}
	}
	return n, publisher, viewers
}

func TestForward_AllocatesNothing(t *testing.T) {
	for _, p := range profiles[:2] { // what browsers agree to
		n, g, _ := stage(t, 3, p)
		packet, seq, from := rtpOf(7, 0, 1100), uint16(0), g.at()
		forward := func() {
			n.Begin()
			for range 8 {
				seq++
				packet[2], packet[3] = byte(seq>>8), byte(seq)
				n.sort(g.sealed(packet), from, time.Now())
			}
			n.End()
		}
		forward()
		if got := testing.AllocsPerRun(200, forward); got > 0 {
			t.Errorf("%v: %v allocations for 8 packets to 3 people", p, got)
		}
	}
}

func TestMuxed_WhatItsQueueDoesNotTakeIsCounted(t *testing.T) {
	n := &Net{log: discard, buffers: newBuffers()}
	n.muxed = &muxed{net: n, in: newTray(2, n.buffers), closed: make(chan struct{})}
	from := netip.MustParseAddrPort("192.0.2.1:5000")
	for range 5 {
		n.sort([]byte("\x16 DTLS"), from, time.Now())
	}
	if got := n.Strangers()[Backlog]; got != 3 {
		t.Errorf("%d lost", got)
	}
	buf := make([]byte, 100)
	for range 2 {
		if size, a, err := n.muxed.ReadFromAddrPort(buf); err != nil || a != from || string(buf[:size]) != "\x16 DTLS" {
			t.Errorf("%q from %v, %v", buf[:size], a, err)
		}
	}
	close(n.muxed.closed)
	if _, _, err := n.muxed.ReadFromAddrPort(buf); err == nil {
		t.Error("no end")
	}
}

// BenchmarkForward is one publisher's packets to so many viewers over real sockets:
// what it tells is for each packet that leaves.
func BenchmarkForward(b *testing.B) {
	for _, watching := range []int{1, 3, 7} {
		b.Run(fmt.Sprint(watching), func(b *testing.B) {
			n, g, viewers := stage(b, watching, gcm)
			done := make(chan struct{}, len(viewers))
			for _, v := range viewers {
				go func() { // drains: what is not read costs the kernel less
					defer func() { done <- struct{}{} }()
					buf := make([]byte, slotSize)
					for {
						if _, err := v.sock.Read(buf); err != nil {
							return
						}
					}
				}()
			}
			packet, seq := rtpOf(7, 0, 1100), uint16(0)
			before := n.Traffic()
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				seq++
				packet[2], packet[3] = byte(seq>>8), byte(seq)
				g.send(packet)
				if i%256 == 255 { // not faster than it is read
					for at := n.Traffic().Received; ; at = n.Traffic().Received {
						time.Sleep(20 * time.Microsecond)
						if n.Traffic().Received == at {
							break
						}
					}
				}
			}
			b.StopTimer()
			for _, v := range viewers {
				_ = v.sock.Close()
				<-done
			}
			now := n.Traffic()
			sent := float64(now.Sent - before.Sent)
			b.ReportMetric(float64(now.Received-before.Received)/float64(now.Reads-before.Reads), "packets/read")
			b.ReportMetric(sent/float64(now.Writes-before.Writes), "packets/write")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/sent, "ns/packet")
		})
	}
}
