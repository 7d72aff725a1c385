package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/pion/ice/v4"

	"sangdam/rooms/sfu/carrier"
	"sangdam/rooms/sfu/pionlog"
)

const (
	// A TCP peer that reads slowly loses packets instead of blocking whoever
	// publishes to it: two seconds of a 1.5 Mbit/s camera.
	tcpWriteBuffer = 512 << 10
	// A TCP connection that says nothing is somebody's port scan.
	firstBindTimeout = 5 * time.Second
	// maxUnsorted and maxUnsortedFrom are how many connections may be in that time
	// at once, in all and from one address (of IPv6: one /64). What comes beyond is
	// closed at once.
	maxUnsorted, maxUnsortedFrom = 1024, 64
	// maxPerCall is how many connections one call may have: a browser tries each
	// address from each of its own.
	maxPerCall = 16
	// maxFirst is the longest first frame: a check with all that a browser adds is
	// a quarter of it.
	maxFirst = 512
)

func (n *Net) listenTCP(addr string, streams net.Listener, logs pionlog.Factory) error {
	var listeners []net.Listener
	if addr != "" {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return fmt.Errorf("wire: %w", err)
		}
		n.tcpAddr = l.Addr().(*net.TCPAddr).AddrPort()
		listeners = append(listeners, l)
	}
	if streams != nil {
		listeners = append(listeners, streams)
	}
	n.tcpMux = ice.NewTCPMuxDefault(ice.TCPMuxParams{
		Listener:                     newDoor(n, listeners),
		Logger:                       logs.NewLogger("ice"),
		ReadBufferSize:               64,
		WriteBufferSize:              tcpWriteBuffer,
		FirstStunBindTimeout:         firstBindTimeout,
		AliveDurationForConnFromStun: firstBindTimeout,
	})
	return nil
}

// door stands before the TCP mux: it takes connections in from several
// listeners and lets those pass whose first frame is a check for a call of ours.
// Behind it every connection costs state that lasts as long as its peer likes.
type door struct {
	// fixed
	net       *Net
	listeners []net.Listener
	addr      net.Addr
	passed    chan net.Conn // unbuffered: the mux takes each at once
	closed    chan struct{}
	wg        sync.WaitGroup // one for each listener and unsorted connection

	mu       sync.Mutex // guards all below
	shut     bool
	unsorted map[net.Conn]netip.Addr
	from     map[netip.Addr]int
	calls    map[string]int // connections by ufrag
}

func newDoor(n *Net, listeners []net.Listener) *door {
	d := &door{
		net: n, listeners: listeners,
		// Pion takes the mux's address for the only one there is.
		addr:   &net.TCPAddr{IP: net.IPv6unspecified, Port: int(n.tcpAddr.Port())},
		passed: make(chan net.Conn), closed: make(chan struct{}),
		unsorted: make(map[net.Conn]netip.Addr), from: make(map[netip.Addr]int), calls: make(map[string]int),
	}
	d.wg.Add(len(listeners))
	for _, l := range listeners {
		go d.take(l)
	}
	return d
}

func (d *door) take(l net.Listener) {
	defer d.wg.Done()
	for {
		conn, err := l.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			select {
			case <-time.After(50 * time.Millisecond): // out of descriptors: it passes
				continue
			case <-d.closed:
				return
			}
		}
		if !d.enter(conn) {
			d.net.strangers.add(Crowded)
			_ = conn.Close()
			continue
		}
		carrier.Steady(conn)
		go d.ask(conn)
	}
}

// enter counts a connection as unsorted, unless there are too many.
func (d *door) enter(conn net.Conn) bool {
	addr := prefixOf(conn.RemoteAddr())
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut || len(d.unsorted) >= maxUnsorted || d.from[addr] >= maxUnsortedFrom {
		return false
	}
	d.unsorted[conn] = addr
	d.from[addr]++
	d.wg.Add(1)
	return true
}

func (d *door) leave(conn net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	addr := d.unsorted[conn]
	delete(d.unsorted, conn)
	if d.from[addr]--; d.from[addr] == 0 {
		delete(d.from, addr)
	}
}

// ask reads the first frame and passes the connection on with it.
func (d *door) ask(conn net.Conn) {
	defer d.wg.Done()
	defer d.leave(conn)
	first, err := readFirst(conn)
	if err != nil {
		why := Silent
		if errors.Is(err, errFrame) {
			why = Framing
		}
		d.turnAway(conn, why)
		return
	}
	// Of other messages stray would believe any name, and each new one costs state.
	if binary.BigEndian.Uint16(first[2:]) != bindingRequest {
		d.turnAway(conn, Framing)
		return
	}
	if why, ok := d.net.stray(first[2:], netip.AddrPort{}); !ok {
		d.turnAway(conn, why)
		return
	}
	ufrag, ok := ufragOf(first[2:])
	if !ok {
		d.turnAway(conn, Malformed)
		return
	}
	c := &passedConn{Conn: conn, first: first, door: d, ufrag: string(ufrag)}
	if !d.admit(c.ufrag) {
		d.turnAway(conn, Crowded)
		return
	}
	select {
	case d.passed <- c:
	case <-d.closed:
		_ = c.Close()
	}
}

func (d *door) turnAway(conn net.Conn, why Reason) {
	select {
	case <-d.closed: // we hang up ourselves
	default:
		d.net.strangers.add(why)
	}
	_ = conn.Close()
}

func (d *door) admit(ufrag string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.calls[ufrag] >= maxPerCall {
		return false
	}
	d.calls[ufrag]++
	return true
}

func (d *door) forget(ufrag string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.calls[ufrag]--; d.calls[ufrag] <= 0 {
		delete(d.calls, ufrag)
	}
}

// errFrame says that a first frame is too short or too long for any check.
var errFrame = errors.New("wire: no check's frame")

// readFirst reads a frame with its length (RFC 4571 section 2).
func readFirst(conn net.Conn) ([]byte, error) {
	if err := conn.SetReadDeadline(time.Now().Add(firstBindTimeout)); err != nil {
		return nil, err
	}
	b := make([]byte, 2, 2+maxFirst)
	if _, err := io.ReadFull(conn, b); err != nil {
		return nil, err
	}
	size := int(binary.BigEndian.Uint16(b))
	if size < stunHeader || size > maxFirst {
		return nil, errFrame
	}
	b = b[:2+size]
	if _, err := io.ReadFull(conn, b[2:]); err != nil {
		return nil, err
	}
	return b, conn.SetReadDeadline(time.Time{})
}

// Accept gives the mux the next connection that passed.
func (d *door) Accept() (net.Conn, error) {
	select {
	case c := <-d.passed:
		return c, nil
	case <-d.closed:
		return nil, net.ErrClosed
	}
}

// Addr implements net.Listener.
func (d *door) Addr() net.Addr { return d.addr }

// Close closes the listeners and what has not passed yet, and waits.
func (d *door) Close() error {
	d.mu.Lock()
	if d.shut {
		d.mu.Unlock()
		return nil
	}
	d.shut = true
	close(d.closed)
	for conn := range d.unsorted {
		_ = conn.Close()
	}
	d.mu.Unlock()
	var errs []error
	for _, l := range d.listeners {
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	d.wg.Wait()
	return errors.Join(errs...)
}

// streamMux is the TCP mux as one Conn's ICE agent sees it.
type streamMux struct {
	*ice.TCPMuxDefault
	conn *Conn
}

// maxStreams is how many of the mux's ends a Conn remembers: those of two families,
// of this generation and the former.
const maxStreams = 4

// GetConnByUfrag gives the agent its end of the mux, without the media.
func (m streamMux) GetConnByUfrag(ufrag string, six bool, local net.IP) (net.PacketConn, error) {
	pc, err := m.TCPMuxDefault.GetConnByUfrag(ufrag, six, local)
	if err != nil {
		return nil, err
	}
	s := &stream{pc, m.conn}
	c := m.conn
	c.mu.Lock()
	defer c.mu.Unlock()
	all := append(slices.Clone(*c.streams.Load()), s)
	all = all[max(0, len(all)-maxStreams):]
	c.streams.Store(&all)
	return s, nil
}

// stream is all that comes by TCP for one ufrag.
type stream struct {
	net.PacketConn
	conn *Conn
}

// ReadFrom gives the agent STUN and DTLS, and the Conn its media.
func (s *stream) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := s.PacketConn.ReadFrom(b)
		if err != nil {
			return n, from, err
		}
		switch kindOf(b[:n]) {
		case kindMedia:
			s.conn.net.Begin()
			s.conn.receive(b[:n], time.Now())
			s.conn.net.End()
			continue
		case kindOther:
			s.conn.keys.sees(b[:n])
		}
		return n, from, nil
	}
}

// passedConn is a connection whose first frame is still to be read.
type passedConn struct {
	net.Conn
	first []byte // owned by the reader
	door  *door
	ufrag string
	once  sync.Once
}

func (c *passedConn) Read(b []byte) (int, error) {
	if len(c.first) > 0 {
		n := copy(b, c.first)
		c.first = c.first[n:]
		return n, nil
	}
	return c.Conn.Read(b)
}

// LocalAddr is where agents wait for it.
func (c *passedConn) LocalAddr() net.Addr {
	six := prefixOf(c.RemoteAddr()).Is6()
	return &net.TCPAddr{IP: agentAddr(six).AsSlice(), Port: int(c.door.net.tcpAddr.Port())}
}

func (c *passedConn) Close() error {
	c.once.Do(func() { c.door.forget(c.ufrag) })
	return c.Conn.Close()
}

// prefixOf is what limits count by: whoever has one IPv6 address has a /64.
func prefixOf(addr net.Addr) netip.Addr {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	a := tcp.AddrPort().Addr().Unmap().WithZone("")
	if a.Is6() {
		p, _ := a.Prefix(64)
		return p.Addr()
	}
	return a
}
