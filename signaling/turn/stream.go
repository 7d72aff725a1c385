package turn

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"sangdam/rooms/sfu/carrier"
)

const (
	// allocateWithin is how long a stream may do without an allocation.
	allocateWithin = 10 * time.Second
	// takeWithin is how long a client may take nothing of what is sent to it. Until
	// then its own packets wait, and then its relay's queue loses them.
	takeWithin = 20 * time.Second
	// sendBuffer is what the kernel holds back for a slow client. With its default
	// of megabytes, sound would be late by as many seconds.
	sendBuffer = 128 << 10
	// socketBuffer holds a hall's keyframes between two turns of the scheduler.
	socketBuffer = 2 << 20
	// maxStreams and maxStreamsFrom are how many streams may be without an
	// allocation at once, in all and from one source.
	maxStreams, maxStreamsFrom = 1024, 256
)

// listener takes streams in for Pion.
type listener struct {
	net.Listener
	server *Server
}

// Accept gives the next stream. It ends when the listener is closed, and only
// then: Pion serves nobody any more after an error.
func (l listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) || !l.server.pause() {
				return nil, net.ErrClosed
			}
			continue // out of descriptors: it passes
		}
		s := l.server.newStream(conn)
		if s == nil {
			l.server.metrics.refuse(crowded)
			_ = conn.Close()
			continue
		}
		return s, nil
	}
}

// stream is a client's connection, in whole frames that the gate let pass.
type stream struct {
	// fixed
	net.Conn
	server *Server
	flow   flow
	local  net.Addr

	in    *bufio.Reader // owned by the reader
	frame [maxFrame]byte
	ended sync.Once
}

// newStream returns nil when there are too many.
func (s *Server) newStream(conn net.Conn) *stream {
	c := &stream{Conn: conn, server: s, local: s.gate.facing(conn.LocalAddr()), in: bufio.NewReaderSize(conn, 2*maxFrame)}
	c.flow = flow{addrPort(conn.RemoteAddr()), addrPort(c.local)}
	source := sourceOf(c.flow.from.Addr())
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.idle) >= maxStreams || s.idleFrom[source] >= maxStreamsFrom {
		return nil
	}
	if _, taken := s.streams[c.flow]; taken {
		return nil // the same client's address on another listener
	}
	s.idle[c] = source
	s.idleFrom[source]++
	s.streams[c.flow] = c
	s.running.Add(1)
	_ = conn.SetReadDeadline(time.Now().Add(allocateWithin))
	carrier.Steady(conn)
	if tcp := carrier.TCP(conn); tcp != nil {
		_ = tcp.SetWriteBuffer(sendBuffer)
	}
	return c
}

// setAllocated tells a stream that something is allocated on it, or no more.
func (s *Server) setAllocated(f flow, on bool) {
	s.gate.setAllocated(f, on)
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.streams[f]
	if c == nil {
		return
	}
	if on {
		s.busy(c)
		_ = c.SetReadDeadline(time.Time{})
		return
	}
	_ = c.SetReadDeadline(time.Now().Add(allocateWithin))
}

// busy counts a stream as idle no more. s.mu is held.
func (s *Server) busy(c *stream) {
	if source, idle := s.idle[c]; idle {
		delete(s.idle, c)
		if s.idleFrom[source]--; s.idleFrom[source] == 0 {
			delete(s.idleFrom, source)
		}
	}
}

// LocalAddr is the address that Pion takes the stream to come in on.
func (c *stream) LocalAddr() net.Addr { return c.local }

// Read gives one frame.
func (c *stream) Read(b []byte) (int, error) {
	for {
		frame, err := c.next()
		if err != nil {
			c.server.lost(err)
			return 0, err
		}
		pass, answer := c.server.gate.check(frame, c.flow)
		if answer != nil {
			if _, err := c.Write(answer); err != nil {
				return 0, err
			}
		}
		if pass {
			return copy(b, frame), nil
		}
	}
}

var errFraming = errors.New("turn: neither STUN nor channel data")

// next reads a frame (RFC 8656 sections 5 and 12.5).
func (c *stream) next() ([]byte, error) {
	head := c.frame[:channelHeader]
	if _, err := io.ReadFull(c.in, head); err != nil {
		return nil, err
	}
	size := int(binary.BigEndian.Uint16(head[2:]))
	switch {
	case head[0]&0xC0 == 0 && size%4 == 0:
		size += stunHeader
	case head[0]&0xC0 == 0x40:
		size = channelHeader + (size+3)&^3
	default:
		return nil, errFraming
	}
	if size > len(c.frame) {
		return nil, errFraming
	}
	_, err := io.ReadFull(c.in, c.frame[channelHeader:size])
	return c.frame[:size], err
}

// lost counts why a stream ended, unless its client just went.
func (s *Server) lost(err error) {
	switch {
	case errors.Is(err, errFraming):
		s.metrics.refuse(badFraming)
	case errors.Is(err, os.ErrDeadlineExceeded):
		s.metrics.refuse(tooSlow)
	}
}

// Write sends a frame, or ends the stream: after half a frame it is worth nothing.
func (c *stream) Write(b []byte) (int, error) {
	if err := c.Conn.SetWriteDeadline(time.Now().Add(takeWithin)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(b)
	if err != nil {
		c.server.lost(err)
		_ = c.Conn.Close()
	}
	return n, err
}

// Close is called by Pion when it has done with the stream.
func (c *stream) Close() error {
	c.ended.Do(func() {
		c.server.mu.Lock()
		c.server.busy(c)
		delete(c.server.streams, c.flow)
		c.server.mu.Unlock()
		c.server.gate.setAllocated(c.flow, false)
		c.server.running.Done()
	})
	return c.Conn.Close()
}

// packets is a socket, in datagrams that the gate let pass.
type packets struct {
	net.PacketConn
	server *Server
	local  net.Addr
	on     netip.AddrPort
}

func (s *Server) newPackets(conn net.PacketConn) *packets {
	local := s.gate.facing(conn.LocalAddr())
	if u, ok := conn.(*net.UDPConn); ok {
		_ = u.SetReadBuffer(socketBuffer)
		_ = u.SetWriteBuffer(socketBuffer)
	}
	return &packets{conn, s, local, addrPort(local)}
}

func (p *packets) LocalAddr() net.Addr { return p.local }

// ReadFrom ends when the socket is closed, and only then.
func (p *packets) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := p.PacketConn.ReadFrom(b)
		if err != nil {
			if errors.Is(err, net.ErrClosed) || !p.server.pause() {
				return 0, nil, net.ErrClosed
			}
			continue
		}
		pass, answer := p.server.gate.check(b[:n], flow{addrPort(from), p.on})
		if answer != nil {
			_, _ = p.PacketConn.WriteTo(answer, from)
		}
		if pass {
			return n, from, nil
		}
	}
}
