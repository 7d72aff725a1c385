package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/rooms/store"
	"sangdam/signaling"
	"sangdam/signaling/auth"
	"sangdam/signaling/desk"
	"sangdam/signaling/hooks"
	"sangdam/signaling/mail"
	"sangdam/signaling/staff"
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
	engine   *sfu.Engine
	mail     *mail.Sender // nil: no mail is sent
	hooks    *hooks.Courier
	registry *rooms.Registry
	server   *signaling.Server
	logger   *slog.Logger

	served chan error // one value a listener, when it has ended
	https  []*http.Server
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

	listener, err := net.Listen("tcp", o.Edge.Listen)
	if err != nil {
		return nil, portTaken("listen", o.Edge.Listen, err)
	}
	defer func() {
		if err != nil {
			_ = listener.Close()
		}
	}()
	n.url = o.Edge.publicURL(listener.Addr())

	advertise, err := o.Media.addresses()
	if err != nil {
		return nil, err
	}
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	n.engine, err = sfu.New(sfu.Config{UDP: o.Media.UDP, TCP: o.Media.TCP, Advertise: advertise, Metrics: metrics, Logger: o.Logger})
	if err != nil {
		return nil, portTaken("media-udp and media-tcp", o.Media.UDP+" and "+o.Media.TCP, err)
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
		Static:         static.FS(),
		Origins:        origins(o.Edge.PublicURL),
		TrustedProxies: proxies,
		Trial:          o.Trial,
		Ready:          n.registry.Loaded,
		StoreOK:        func() bool { return o.Store.AwaySince().IsZero() },
		Logger:         o.Logger,
		Metrics:        signaling.NewMetrics(metrics),
	})

	listeners := []*listening{{server: n.httpServer(n.server), on: listener, tls: o.Edge.TLS}}
	if o.Metrics != "" {
		at, err := net.Listen("tcp", o.Metrics)
		if err != nil {
			return nil, portTaken("metrics", o.Metrics, err)
		}
		listeners = append(listeners, &listening{server: n.httpServer(signaling.MetricsHandler(metrics)), on: at})
	}
	n.served = make(chan error, len(listeners))
	for _, l := range listeners {
		n.https = append(n.https, l.server)
		go func() { n.served <- l.serve() }()
	}
	return n, nil
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

// listening is an HTTP server and its port.
type listening struct {
	server *http.Server
	on     net.Listener
	tls    TLSFiles
}

// serve returns when the server was shut down (nil) or its port failed.
func (l *listening) serve() error {
	var err error
	if l.tls.Cert != "" {
		err = l.server.ServeTLS(l.on, l.tls.Cert, l.tls.Key)
	} else {
		err = l.server.Serve(l.on)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
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
	running := len(n.https)
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
// rooms write down who was there, then media ends.
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
	if n.engine != nil {
		if err := n.engine.Close(); err != nil {
			n.logger.Warn("close the media ports", "err", err)
		}
	}
}
