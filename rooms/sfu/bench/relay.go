//go:build linux

package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
	"golang.org/x/net/ipv4"
)

// relay is the least that forwards: it receives, unprotects, rewrites the header,
// protects and sends, in one goroutine. It is what the Engine is measured by.
type relay struct {
	conn *net.UDPConn

	mu     sync.Mutex // guards all below; held for one packet
	people map[netip.AddrPort]*member
	rooms  map[int][]*member
	header rtp.Header
}

type member struct {
	at      netip.AddrPort
	room    int
	in, out *srtp.Context
	number  uint16 // transport-wide
	silent  bool
}

// runRelay is the process of a relay. batched: with recvmmsg and sendmmsg instead of
// one system call a packet.
func runRelay(in io.Reader, out io.Writer, batched bool) error {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return err
	}
	_ = conn.SetReadBuffer(4 << 20)
	_ = conn.SetWriteBuffer(2 << 20)
	r := &relay{conn: conn, people: make(map[netip.AddrPort]*member), rooms: make(map[int][]*member)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if batched {
			r.forwardBatches()
		} else {
			r.forwardEach()
		}
	}()
	err = serve(in, out, func(q request) (reply, error) {
		switch {
		case q.Do == "where":
			return reply{At: conn.LocalAddr().String()}, nil
		case q.Do == "join" && q.Join != nil:
			return reply{}, r.join(*q.Join)
		}
		return reply{}, fmt.Errorf("cannot %q", q.Do)
	})
	err = errors.Join(err, conn.Close())
	<-done
	return err
}

func (r *relay) join(j join) error {
	at, err := netip.ParseAddrPort(j.From)
	if err != nil {
		return err
	}
	m := &member{at: at, room: j.Room, silent: j.Silent}
	if m.in, err = srtp.CreateContext(j.UpKey, j.UpSalt, profile, srtp.SRTPReplayProtection(2048)); err != nil {
		return err
	}
	if m.out, err = srtp.CreateContext(j.DownKey, j.DownSalt, profile); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.people[at] = m
	r.rooms[j.Room] = append(r.rooms[j.Room], m)
	return nil
}

func (r *relay) forwardEach() {
	in, out := make([]byte, readSize), make([]byte, readSize)
	for {
		n, from, err := r.conn.ReadFromUDPAddrPort(in)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		r.forward(in[:n], from, func(m *member, plain []byte) {
			if sealed, err := m.out.EncryptRTP(out[:0], plain, &r.header); err == nil {
				_, _ = r.conn.WriteToUDPAddrPort(sealed, m.at)
			}
		})
	}
}

// forward decrypts a packet and hands it on, rewritten, for each who is to have it.
func (r *relay) forward(b []byte, from netip.AddrPort, leave func(*member, []byte)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.people[from]
	if m == nil || len(b) < 12 || b[1] >= 192 && b[1] <= 223 {
		return
	}
	plain, err := m.in.DecryptRTP(b[:0], b, &r.header)
	if err != nil {
		return
	}
	ssrc, seq, ts := binary.BigEndian.Uint32(plain[8:]), binary.BigEndian.Uint16(plain[2:]), binary.BigEndian.Uint32(plain[4:])
	binary.BigEndian.PutUint32(plain[8:], ssrc^0x5a5a5a5a)
	binary.BigEndian.PutUint16(plain[2:], seq+1000)
	binary.BigEndian.PutUint32(plain[4:], ts+90000)
	at := 17 // the number's place, see stream.init
	if plain[16] != numberID<<4|1 {
		at = 19
	}
	for _, to := range r.rooms[m.room] {
		if to == m {
			continue
		}
		to.number++
		binary.BigEndian.PutUint16(plain[at:], to.number)
		leave(to, plain)
	}
}

const relayBatch = 64

// forwardBatches takes what has arrived at once, and lets leave what came of it at
// once.
func (r *relay) forwardBatches() {
	conn := ipv4.NewPacketConn(r.conn)
	in, out := messages(), messages()
	n := 0
	flush := func() {
		for sent := 0; sent < n; {
			k, err := conn.WriteBatch(out[sent:n], 0)
			if err != nil {
				break
			}
			sent += k
		}
		n = 0
	}
	for {
		k, err := conn.ReadBatch(in, 0)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		for i := range k {
			from := in[i].Addr.(*net.UDPAddr).AddrPort()
			r.forward(in[i].Buffers[0][:in[i].N], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), func(m *member, plain []byte) {
				if n == len(out) {
					flush()
				}
				sealed, err := m.out.EncryptRTP(out[n].Buffers[0][:0:readSize], plain, &r.header)
				if err != nil {
					return
				}
				out[n].Buffers[0], out[n].Addr = sealed, net.UDPAddrFromAddrPort(m.at)
				n++
			})
		}
		flush()
	}
}

func messages() []ipv4.Message {
	ms := make([]ipv4.Message, relayBatch)
	for i := range ms {
		ms[i].Buffers = [][]byte{make([]byte, readSize)}
	}
	return ms
}
