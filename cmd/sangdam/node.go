package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/rooms/store"
	"sangdam/signaling"
	"sangdam/signaling/auth"
	"sangdam/signaling/certs"
	"sangdam/signaling/desk"
	"sangdam/signaling/front"
	"sangdam/signaling/hooks"
	"sangdam/signaling/mail"
	"sangdam/signaling/sheet"
	"sangdam/signaling/staff"
	"sangdam/signaling/turn"
	"sangdam/static"
)

// What is wired to what, checked where it is wired.
var (
	_ rooms.Store        = (*store.Store)(nil)
	_ rooms.Ledger       = (*store.Store)(nil)
	_ rooms.Media        = (*sfu.Engine)(nil)
	_ auth.Store         = (*store.Store)(nil)
	_ signaling.Engine   = (*sfu.Engine)(nil)
	_ signaling.Registry = (*rooms.Registry)(nil)
	_ desk.Store         = (*store.Store)(nil)
	_ staff.Store        = (*store.Store)(nil)
	_ desk.Rooms         = (*rooms.Registry)(nil)
	_ hooks.Store        = (*store.Store)(nil)
)

// drainLimit is how long a stop may take: longer than browsers need to be told,
// shorter than what systemd and Docker wait before they kill.
const drainLimit = 15 * time.Second

// nodeOptions are what a node is made of. The Store stays its caller's.
type nodeOptions struct {
	Edge    Edge
	Media   Media
	TURN    TURN
	Data    string // folder of the certificates that are kept; empty for none
	Node    string
	Metrics string // address, empty for none
	Keeper  *auth.Keeper
	Mail    Mail
	OpenID  OpenID
	Hooks   Hooks
	Store   *store.Store
	Trial   bool
	Logger  *slog.Logger
}

// node is a running server: the nouns first, the adapters around them.
type node struct {
	// Fixed after startNode.
	url      string
	certs    certs.Source // nil: no TLS in this process
	hall     *sheet.Hall  // nil: browsers trust the certificate as it is
	front    *front.Front
	turn     *turn.Server
	engine   *sfu.Engine
	mail     *mail.Sender // nil: no mail is sent
	hooks    *hooks.Courier
	registry *rooms.Registry
	server   *signaling.Server
	logger   *slog.Logger

	served  chan error // one value of each that serves, when it has ended
	serving int
	https   []*http.Server
}

// startNode starts everything in the order in which it is needed and serves in
// the background. When it fails, nothing is left running.
func startNode(ctx context.Context, o nodeOptions) (_ *node, err error) {
	n := &node{logger: o.Logger}
	defer func() {
		if err != nil {
			n.stop()
		}
	}()

	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	w, err := n.openPorts(o, metrics)
	if err != nil {
		return nil, err
	}

	o.Store.Register(metrics)
	incarnation, err := o.Store.StartNode(ctx)
	if err != nil {
		return nil, fmt.Errorf("register this server in Redis: %w", err)
	}
	n.registry = rooms.NewRegistry(rooms.Deps{
		Store:       o.Store,
		Ledger:      o.Store,
		Media:       n.engine,
		Logger:      o.Logger,
		Node:        o.Node,
		Incarnation: incarnation,
		Metrics:     rooms.NewMetrics(metrics),
		Storage: func() rooms.Storage {
			away, waiting, full := o.Store.Storage()
			return rooms.Storage{AwaySince: away, Waiting: waiting, DiskFull: full, Trial: o.Trial}
		},
	})
	if err := n.registry.Start(ctx); err != nil {
		return nil, fmt.Errorf("open the rooms: %w", err)
	}

	proxies, err := o.Edge.proxies()
	if err != nil {
		return nil, err
	}
	if o.Mail.SMTP != "" {
		n.mail, err = mail.NewSender(mail.Config{
			URL: o.Mail.SMTP, From: o.Mail.From, ReplyTo: o.Mail.ReplyTo, Logger: o.Logger,
			Sent: func(ctx context.Context, l mail.Letter, at time.Time) {
				if err := o.Store.LinkSent(ctx, l.Link, at); err != nil {
					o.Logger.Warn("a sent letter was not noted", "link", l.Link, "err", err)
				}
			},
		})
		if err != nil {
			return nil, err
		}
	}
	networks, err := o.Hooks.networks()
	if err != nil {
		return nil, err
	}
	n.hooks = hooks.New(hooks.Deps{Store: o.Store, Key: o.Keeper.Hook, Networks: networks, Logger: o.Logger, Metrics: metrics})
	n.hooks.Start()
	signedOut := func(ctx context.Context, signIns []string) { n.server.SignedOut(ctx, signIns) }
	network, err := w.sheet(n.url)
	if err != nil {
		return nil, err
	}
	n.server = signaling.New(signaling.Deps{
		Staff: o.office(n.url, signedOut, metrics),
		Desk: desk.New(desk.Deps{
			Store: o.Store, Rooms: n.registry, Ledger: o.Store, Keeper: o.Keeper, Mail: n.mail, URL: n.url, Logger: o.Logger,
			Out: func(ctx context.Context, id schedule.LinkID) { n.server.Expel(ctx, id) },
			Moved: func(ctx context.Context, e schedule.EventID, by schedule.Actor, c ...schedule.ConsultationID) {
				n.server.Moved(ctx, e, by, c...)
			},
			Online: func(e schedule.EventID, role schedule.Role, party string) bool {
				return n.server.Online(e, role, party)
			},
		}),
		Hooks:          n.hooks,
		Registry:       n.registry,
		Engine:         n.engine,
		Tokens:         o.Store,
		Records:        signaling.NewRecords(o.Store),
		Paths:          o.Store,
		Devices:        auth.NewDevices(o.Store, o.Keeper, nil),
		Static:         static.FS(),
		Origins:        origins(o.Edge.PublicURL),
		TrustedProxies: proxies,
		Network:        network,
		ICEServers:     w.iceServers(turn.NewCredentials(o.turnKey())),
		Trial:          o.Trial,
		Ready:          n.registry.Loaded,
		StoreOK:        func() bool { return o.Store.AwaySince().IsZero() },
		Logger:         o.Logger,
		Metrics:        signaling.NewMetrics(metrics),
	})

	n.https = []*http.Server{n.httpServer(n.server)}
	serve := []func() error{n.front.Serve, func() error { return n.https[0].Serve(n.front.HTTP()) }}
	if o.Metrics != "" {
		at, err := net.Listen("tcp", o.Metrics)
		if err != nil {
			return nil, portTaken("metrics", o.Metrics, err)
		}
		s := n.httpServer(signaling.MetricsHandler(metrics))
		n.https = append(n.https, s)
		serve = append(serve, func() error { return s.Serve(at) })
	}
	n.serving = len(serve)
	n.served = make(chan error, n.serving)
	for _, f := range serve {
		go func() {
			err := f()
			if errors.Is(err, http.ErrServerClosed) { // as it was told to
				err = nil
			}
			n.served <- err
		}()
	}
	return n, nil
}

// openPorts opens the one port, the media's and TURN's, with what ends behind
// each. Nobody is served before Serve.
func (n *node) openPorts(o nodeOptions, metrics prometheus.Registerer) (ways, error) {
	listener, err := net.Listen("tcp", o.Edge.Listen)
	if err != nil {
		return ways{}, portTaken("listen", o.Edge.Listen, err)
	}
	n.url = o.Edge.publicURL(listener.Addr())
	proxies, err := o.Edge.proxies()
	if err == nil {
		n.certs, n.hall, err = o.Edge.source(listener.Addr(), o.Data, &o.Media, o.Logger)
	}
	if err != nil {
		_ = listener.Close()
		return ways{}, err
	}
	certs.Register(metrics, n.certs)
	cfg := front.Config{
		Listener: listener, Metrics: metrics, Logger: o.Logger,
		Trusted: func(a netip.Addr) bool {
			return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
		},
	}
	if n.certs != nil {
		cfg.TLS = n.certs.TLS()
	}
	n.front = front.New(cfg)

	addresses, err := o.Media.addresses()
	if err != nil {
		return ways{}, err
	}
	var packets []net.PacketConn
	b := bound{listen: listener.Addr()}
	if o.TURN.UDP != "" {
		at, err := net.ListenPacket("udp", o.TURN.UDP)
		if err != nil {
			return ways{}, portTaken("turn-udp", o.TURN.UDP, err)
		}
		packets, b.turnUDP = []net.PacketConn{at}, at.LocalAddr()
	}
	w := waysOf(n.url, &o.Edge, &o.TURN, addresses, b)
	media := sfu.Config{
		UDP: o.Media.UDP, TCP: o.Media.tcp(), Advertise: addresses, Without: o.Media.without(), Metrics: metrics, Logger: o.Logger,
	}
	if w.Streams {
		media.Streams, media.StreamsPort = n.front.Streams(), w.Port
	} else {
		_ = n.front.Streams().Close() // nobody is told to come
	}
	n.engine, err = sfu.New(media)
	if err != nil {
		closeAll(packets)
		return ways{}, portTaken("media-udp and media-tcp", o.Media.UDP+" and "+o.Media.TCP, err)
	}
	n.turn, err = turn.New(turn.Config{
		Key: o.turnKey(), Listeners: []net.Listener{n.front.TURN()}, Packets: packets,
		Peers: n.engine.Advertised, Relay: n.engine.OpenRelay, Realm: w.Host, Metrics: metrics, Logger: o.Logger,
	})
	if err != nil {
		closeAll(packets)
		return ways{}, fmt.Errorf("start TURN: %w", err)
	}
	b.udp, b.tcp = n.engine.UDP(), n.engine.TCP()
	w = waysOf(n.url, &o.Edge, &o.TURN, addresses, b)
	w.Hall = n.hall
	return w, nil
}

// turnKey is what credentials of TURN derive from.
func (o nodeOptions) turnKey() []byte {
	if o.TURN.Secret != "" {
		return []byte(o.TURN.Secret)
	}
	return o.Keeper.Relay()
}

func closeAll(packets []net.PacketConn) {
	for _, p := range packets {
		_ = p.Close()
	}
}

// office is who lets staff in and works on their accounts.
func (o nodeOptions) office(publicURL string, signedOut func(context.Context, []string), metrics prometheus.Registerer) *staff.Office {
	hasher := auth.NewHasher()
	d := staff.Deps{Store: o.Store, Ledger: o.Store, Hasher: hasher, Ended: signedOut, Trial: o.Trial, Metrics: metrics}
	d.Door = auth.NewDoor(auth.DoorDeps{Store: o.Store, Hasher: hasher, Ledger: o.Store, Ended: signedOut})
	if o.OpenID.Issuer != "" {
		d.OpenID = auth.NewOpenID(auth.OpenIDConfig{
			Issuer: o.OpenID.Issuer, ClientID: o.OpenID.ClientID, ClientSecret: o.OpenID.ClientSecret, Name: o.OpenID.Name,
			Redirect: publicURL + auth.OpenIDCallback, Key: o.Keeper.Flows(),
		}, nil)
	}
	return staff.New(d)
}

func (n *node) httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		// Nobody holds a connection by sending or reading slowly: no request is
		// larger than a link's secret, and the whole client passes 16 kbit/s in
		// the time that a reply has. A WebSocket has limits of its own.
		ReadTimeout:    30 * time.Second,
		WriteTimeout:   10 * time.Minute,
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: 32 << 10,
		ErrorLog:       slog.NewLogLogger(n.logger.Handler(), slog.LevelDebug),
	}
}

// origins are the pages that may open a socket beside those of our own host.
func origins(publicURL string) []string {
	u, err := url.Parse(publicURL)
	if err != nil || u.Host == "" {
		return nil
	}
	return []string{u.Scheme + "://" + u.Host}
}

// URL is what links start with.
func (n *node) URL() string { return n.url }

// Wait serves until ctx ends or a port fails, then drains.
func (n *node) Wait(ctx context.Context) error {
	var failed error
	running := n.serving
	select {
	case <-ctx.Done():
		n.logger.Info("stopping")
	case failed = <-n.served:
		running--
	}
	n.stop()
	for ; running > 0; running-- {
		failed = errors.Join(failed, <-n.served)
	}
	return failed
}

// stop ends what was started, the edge first: browsers are told to come back,
// rooms write down who was there, then media ends, its ways around firewalls and
// the port. The certificate is the port's, and goes last.
func (n *node) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), drainLimit)
	defer cancel()
	if n.server != nil {
		if err := n.server.Close(ctx); err != nil {
			n.logger.Warn("drain", "err", err)
		}
	}
	for _, s := range n.https {
		if err := s.Shutdown(ctx); err != nil {
			_ = s.Close()
		}
	}
	if n.mail != nil {
		n.mail.Close()
	}
	if n.hooks != nil {
		n.hooks.Close()
	}
	if n.registry != nil {
		if err := n.registry.Close(ctx); err != nil {
			n.logger.Warn("close the rooms", "err", err)
		}
	}
	if n.turn != nil {
		if err := n.turn.Close(); err != nil {
			n.logger.Warn("close TURN", "err", err)
		}
	}
	if n.engine != nil {
		if err := n.engine.Close(); err != nil {
			n.logger.Warn("close the media ports", "err", err)
		}
	}
	if n.front != nil {
		n.front.Close()
	}
	if n.certs != nil {
		n.certs.Close()
	}
}
