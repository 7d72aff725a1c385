package signaling

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/api"
	"sangdam/signaling/auth"
	"sangdam/signaling/desk"
	"sangdam/signaling/protocol"
	"sangdam/signaling/staff"
)

// Engine is what the edge asks of the media plane.
type Engine interface {
	// Open answers an offer with a new Peer, whose news goes to the observer.
	Open(ctx context.Context, offer sfu.Offer, o sfu.Observer) (sfu.PeerID, string, error)
	// Restart answers an offer that restarts ICE on a Peer.
	Restart(ctx context.Context, id sfu.PeerID, offer string) (string, error)
	// ClosePeer ends a Peer; an unknown one is ignored.
	ClosePeer(id sfu.PeerID)
	// LastHeard is when a Peer last received anything (zero: not known), so that
	// an interval of attendance ends there and not when the silence was noticed.
	LastHeard(id sfu.PeerID) time.Time
	// Truth is what is known of a Peer's media just now.
	Truth(id sfu.PeerID) (sfu.Truth, bool)
}

// Paths remember the way that worked for the holder of a link: *store.Store.
type Paths interface {
	SavePath(ctx context.Context, e schedule.EventID, id schedule.LinkID, p schedule.LinkPath) error
	Path(ctx context.Context, e schedule.EventID, id schedule.LinkID) (schedule.LinkPath, error)
}

// Registry is what the edge asks of the rooms: *rooms.Registry.
type Registry interface {
	Event(ctx context.Context, id schedule.EventID) (*schedule.Event, error)
	Rows(ctx context.Context, id schedule.EventID) ([]rooms.Row, error)
	Board(ctx context.Context, id schedule.EventID) (rooms.Board, error)
	Join(ctx context.Context, r rooms.JoinRequest) (*rooms.Visit, error)
	Watch(id schedule.EventID, r rooms.WatchRequest) (*rooms.Watch, error)
	Wait(ctx context.Context, r rooms.WaitRequest) (*rooms.Waiting, error)
	Attach(ctx context.Context, r rooms.AttachRequest) (*rooms.Attachment, error)
	Practice(session string, peer sfu.PeerID) (*rooms.Practice, error)
	Note(ctx context.Context, r rooms.NoteRequest) (schedule.Note, error)
	Seen(ctx context.Context, id schedule.EventID, note, by string) error
	Booth(id schedule.EventID, booth schedule.BoothID, session string, h rooms.Health) error

	Steer(ctx context.Context, r rooms.SteerRequest) error
	Report(id schedule.EventID, seat schedule.SeatID, session string, r rooms.OrderReport)
	Vitals(session string, v rooms.ClientVitals) error
	Act(id schedule.EventID, by schedule.Actor, a schedule.Action, c schedule.ConsultationID, seat schedule.SeatID, what, why string)
}

// Deps are what a Server is made of.
type Deps struct {
	Registry Registry
	Engine   Engine
	Tokens   auth.Store // links and session tokens
	Records  *Records
	Desk     *desk.Desk // the coordinators' work; nil: none is offered (tests of the socket)
	Staff    *staff.Office
	Hooks    api.Hooks // nil: none are offered, as above
	Paths    Paths     // nil: no way of media is remembered
	// Devices let encoders and wall screens in; nil: there are none.
	Devices *auth.Devices

	// Static is the built client, with index.html on top and assets/ below it.
	// An empty one serves a page that says how to build it.
	Static fs.FS
	// Network answers what lies below sheet.Path: the sheet for a company's network
	// people; nil: there is none.
	Network http.Handler
	// Origins may open a socket beside the server's own host, as
	// scheme://host[:port].
	Origins []string
	// TrustedProxies are whose X-Forwarded-For is believed; nobody's by default.
	TrustedProxies []netip.Prefix
	// ICEServers are the ways around a firewall, with credentials for one session of
	// one link, which is an opaque id and no name; nil: there are none. It is called from
	// several goroutines and must not wait.
	ICEServers func(link, session string, now time.Time) []protocol.ICEServer
	// Trial says that records end with the process.
	Trial bool

	// Ready tells whether the timetables have been read, for /readyz; nil: they have.
	Ready func() bool
	// StoreOK tells the state of the store for /healthz; nil: not told.
	StoreOK func() bool
	Logger  *slog.Logger     // slog.Default() when nil
	Now     func() time.Time // time.Now when nil
	Metrics *Metrics         // unregistered ones when nil
}
