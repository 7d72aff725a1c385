package sfu

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sangdam/rooms/loop"
	"sangdam/rooms/sfu/wire"
)

var (
	// ErrNoPeer is returned for a PeerID that is not, or no more, in use.
	ErrNoPeer = errors.New("sfu: no such peer")
	// ErrClosed is returned by a closed Engine.
	ErrClosed = errors.New("sfu: engine is closed")
)

// Config of an Engine.
type Config struct {
	UDP string // listen address, "" for none
	TCP string // listen address, "" for none
	// Advertise lists the addresses that answers name, and no others. Empty:
	// the address listened on, which must then be a definite one.
	Advertise []netip.Addr
	// Streams are ICE-TCP connections that somebody else took in, who has told
	// them apart from others on the same port; nil: none. StreamsPort is that
	// port as browsers reach it.
	Streams     net.Listener
	StreamsPort uint16
	// Without switches protections off, to prove what each is good for and to
	// find a fault in one. The zero value is everything on.
	Without Without
	Metrics prometheus.Registerer // nil: counted and shown to nobody
	Logger  *slog.Logger
}

// Without names protections that are off.
type Without struct {
	RED        bool // no redundancy in sound
	RTX        bool // lost packets are neither sent again nor asked for
	Allocation bool // every picture is sent in its highest layer, whatever the line carries
}

// Engine owns the sockets and the Peers. It implements rooms.Media.
type Engine struct {
	// fixed after New
	log     *slog.Logger
	net     *wire.Net
	without Without
	begun   time.Time // steps of loudness count from here
	metrics *metrics
	parcels sync.Pool // of *parcel: packets that wait in the queues of Peers

	mu     sync.Mutex // guards peers and closed
	peers  map[PeerID]*Peer
	closed bool

	wg sync.WaitGroup // one for each Peer until it is torn down
}

// New opens the sockets.
func New(cfg Config) (*Engine, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	n, err := wire.Listen(wire.Config{
		UDP: cfg.UDP, TCP: cfg.TCP, Advertise: cfg.Advertise,
		Streams: cfg.Streams, StreamsPort: cfg.StreamsPort, Logger: cfg.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("sfu: %w", err)
	}
	e := &Engine{log: cfg.Logger, net: n, without: cfg.Without, begun: time.Now(), peers: make(map[PeerID]*Peer)}
	e.metrics = newMetrics(e, cfg.Metrics)
	return e, nil
}

// Open answers an offer with a new Peer. All its sources are shut and all its
// slots silent. The observer hears of it until StateClosed.
func (e *Engine) Open(ctx context.Context, asked Offer, obs Observer) (_ PeerID, answer string, err error) {
	if err := ctx.Err(); err != nil {
		return "", "", err
	}
	o, err := e.parse(asked.Profile, asked.SDP)
	if err != nil {
		return "", "", err
	}
	defer func() {
		if v := recover(); v != nil {
			e.log.Error("sfu: panic on an offer", "panic", v, "stack", string(debug.Stack()))
			err = badOffer("not answerable")
		}
	}()
	way, err := asked.transport(o)
	if err != nil {
		return "", "", err
	}
	id := PeerID(strings.ToLower(rand.Text()))
	p := newPeer(e, id, asked.Profile, obs)
	p.soundOnly = asked.SoundOnly
	conn, answer, err := e.net.Accept(p, way)
	if err != nil {
		e.log.Debug("sfu: offer refused", "err", err)
		return "", "", badOffer("not answerable")
	}
	answer, ups, err := mungeAnswer(answer, o.sections)
	if err != nil {
		conn.Close()
		return "", "", err
	}
	answer = o.ungrouped(answer)
	p.equip(conn, o.sections, ups)

	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		conn.Close()
		return "", "", ErrClosed
	}
	e.wg.Add(1)
	e.metrics.enter(p)
	p.start() // before anybody can find it and close it
	e.peers[id] = p
	e.mu.Unlock()
	return id, answer, nil
}

// parse checks an offer, and leaves out of it what is switched off.
func (e *Engine) parse(p Profile, raw string) (*offer, error) {
	parse := parseOffer
	if p.foreign() {
		parse = parseForeign
	}
	o, err := parse(p, raw)
	if err == nil && e.without.RED {
		for i := range o.sections {
			o.sections[i].red = ""
		}
	}
	return o, err
}

// Restart answers the offer of an ICE restart on the same PeerConnection.
func (e *Engine) Restart(ctx context.Context, id PeerID, raw string) (answer string, err error) {
	p := e.peer(id)
	if p == nil {
		return "", ErrNoPeer
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	o, err := e.parse(p.profile, raw)
	if err != nil {
		return "", err
	}
	defer func() {
		if v := recover(); v != nil {
			e.log.Error("sfu: panic on an offer", "peer", id, "panic", v, "stack", string(debug.Stack()))
			err = badOffer("not answerable")
		}
	}()
	return p.restart(o)
}

// Bind sets what slots of a viewer carry; slots not named stay as they are.
func (e *Engine) Bind(viewer PeerID, bindings ...Binding) {
	p := e.peer(viewer)
	if p == nil {
		return
	}
	// A Peer's loop never waits for anything, so neither does this for long.
	_ = p.loop.Do(context.Background(), func() { p.bind(bindings) })
}

// Allow opens or shuts a source at the server.
func (e *Engine) Allow(peer PeerID, source Source, open bool) {
	p := e.peer(peer)
	if p == nil {
		return
	}
	_ = p.loop.Do(context.Background(), func() { p.allow(source, open) })
}

// ClosePeer ends a Peer. It does not wait: the Observer hears StateClosed.
func (e *Engine) ClosePeer(id PeerID) {
	e.mu.Lock()
	p := e.peers[id]
	delete(e.peers, id)
	e.mu.Unlock()
	if p != nil {
		go p.teardown()
	}
}

// LastHeard is when the newest packet or authenticated ICE check of a Peer came;
// zero before the first, and for an unknown Peer.
func (e *Engine) LastHeard(id PeerID) time.Time {
	if p := e.peer(id); p != nil {
		return p.lastHeard()
	}
	return time.Time{}
}

// Peers lists all Peers there are.
func (e *Engine) Peers() []PeerID {
	e.mu.Lock()
	defer e.mu.Unlock()
	ids := make([]PeerID, 0, len(e.peers))
	for id := range e.peers {
		ids = append(ids, id)
	}
	return ids
}

// Close ends all Peers, waits for their goroutines and closes the sockets.
func (e *Engine) Close() error {
	e.mu.Lock()
	e.closed = true
	peers := e.peers
	e.peers = make(map[PeerID]*Peer)
	e.mu.Unlock()
	for _, p := range peers {
		go p.teardown()
	}
	e.wg.Wait()
	return e.net.Close()
}

func (e *Engine) peer(id PeerID) *Peer {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.peers[id]
}

// source finds what a feed names; nil when there is nothing.
func (e *Engine) source(f Feed) *UpTrack {
	if f == (Feed{}) {
		return nil
	}
	p := e.peer(f.Peer)
	if p == nil {
		return nil
	}
	return p.upBySource(f.Source)
}

func slotsOf(sections []section) []wire.Slot {
	var slots []wire.Slot
	for _, s := range sections {
		if s.slot < 0 {
			continue
		}
		stream := streamID(s.slot)
		slots = append(slots, wire.Slot{Mid: s.mid, Kind: s.kind, Stream: stream, Track: stream + string(s.kind[:1])})
	}
	return slots
}

// streamID is the first token of a slot's msid: its audio and video share it, so
// that browsers keep them in step.
func streamID(slot int) string { return fmt.Sprintf("slot%d", slot) }

func newLoop(p *Peer) *loop.Loop {
	return loop.New(loop.Options{OnPanic: func(v any, stack []byte) { p.panicked(v, stack) }})
}
