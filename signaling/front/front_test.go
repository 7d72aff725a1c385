package front

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"go.uber.org/goleak"

	"sangdam/signaling/certs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const name = "meet.example.kr"

func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	h, err := certs.OpenHall(t.TempDir(), []string{name}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(h.Cert, h.Key)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

// port is a Front on a port of this machine, with a server for HTTP behind it.
type port struct {
	*Front
	t      *testing.T
	addr   string
	client *tls.Config
}

func open(t *testing.T, c Config, encrypt bool, change ...func(*Front)) *port {
	t.Helper()
	if c.Listener == nil {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		c.Listener = l
	}
	p := &port{t: t, addr: c.Listener.Addr().String()}
	if encrypt {
		cert := certificate(t)
		c.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
		leaf, err := x509.ParseCertificate(cert.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		p.client = &tls.Config{RootCAs: x509.NewCertPool(), ServerName: name}
		p.client.RootCAs.AddCert(leaf)
	}
	p.Front = New(c)
	for _, f := range change {
		f(p.Front)
	}
	server := &http.Server{Handler: http.HandlerFunc(answer)}
	ended := make(chan error, 2)
	go func() { ended <- p.Serve() }()
	go func() { ended <- server.Serve(p.HTTP()) }()
	t.Cleanup(func() {
		_ = server.Close()
		p.Close()
		for range 2 {
			if err := <-ended; err != nil && !errors.Is(err, http.ErrServerClosed) {
				t.Error(err)
			}
		}
	})
	return p
}

// answer tells how a request came, and echoes a WebSocket.
func answer(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/ws" {
		fmt.Fprintf(w, "%s tls=%v from=%s", r.Proto, r.TLS != nil, r.RemoteAddr)
		return
	}
	ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer ws.Close()
	kind, text, err := ws.ReadMessage()
	if err == nil {
		_ = ws.WriteMessage(kind, text)
	}
}

func (p *port) dial() net.Conn {
	p.t.Helper()
	c, err := net.Dial("tcp", p.addr)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

// shake does so with these protocols.
func (p *port) shake(protocols ...string) *tls.Conn {
	p.t.Helper()
	config := p.client.Clone()
	config.NextProtos = protocols
	c := tls.Client(p.dial(), config)
	if err := c.Handshake(); err != nil {
		p.t.Fatal(err)
	}
	return c
}

// carried tells whether the socket is found through the layers of a connection.
func carried(c net.Conn) bool {
	for {
		if _, ok := c.(*net.TCPConn); ok {
			return true
		}
		layer, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return false
		}
		c = layer.NetConn()
	}
}

// taken is the next connection of a listener.
func (p *port) taken(l net.Listener) net.Conn {
	p.t.Helper()
	type accepted struct {
		c   net.Conn
		err error
	}
	got := make(chan accepted, 1)
	go func() {
		c, err := l.Accept()
		got <- accepted{c, err}
	}()
	select {
	case a := <-got:
		if a.err != nil {
			p.t.Fatal(a.err)
		}
		p.t.Cleanup(func() { _ = a.c.Close() })
		_ = a.c.SetDeadline(time.Now().Add(10 * time.Second))
		return a.c
	case <-time.After(5 * time.Second):
		p.t.Fatal("nobody came")
		return nil
	}
}

// closed waits until the other end has closed a connection.
func (p *port) closed(c net.Conn) {
	p.t.Helper()
	if _, err := io.Copy(io.Discard, c); err != nil {
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			p.t.Fatalf("still open: %v", err)
		}
	}
}

// value is what a metric says.
func value(m prometheus.Metric) float64 {
	var told dto.Metric
	if err := m.Write(&told); err != nil {
		panic(err)
	}
	return told.GetCounter().GetValue() + told.GetGauge().GetValue()
}

func (p *port) refused(reason string) float64 {
	return value(p.metrics.refusals.WithLabelValues(reason))
}

func (p *port) kinds(kind string) float64 {
	return value(p.metrics.connections.WithLabelValues(kind))
}

func (p *port) eventually(what string, is func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("never: %s", what)
		}
	}
}

func get(t *testing.T, transport *http.Transport, url string) string {
	t.Helper()
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport, Timeout: 10 * time.Second}).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestFront_OnePortSpeaksHTTPInEveryVersion(t *testing.T) {
	p := open(t, Config{}, true)
	for protocol, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		told := get(t, &http.Transport{TLSClientConfig: p.client.Clone(), ForceAttemptHTTP2: http2}, "https://"+p.addr)
		if !strings.HasPrefix(told, protocol+" tls=true") {
			t.Errorf("%s: %s", protocol, told)
		}
	}
	// A client that names no protocol in its handshake is known by its request.
	c := p.shake()
	fmt.Fprintf(c, "GET / HTTP/1.0\r\n\r\n")
	if body, err := io.ReadAll(c); err != nil || !strings.Contains(string(body), "tls=true") {
		t.Errorf("%s, %v", body, err)
	}
	p.eventually("three connections of https", func() bool { return p.kinds(kindHTTPS) == 3 })

	ws, _, err := (&websocket.Dialer{TLSClientConfig: p.client.Clone()}).Dial("wss://"+p.addr+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	if err := ws.WriteMessage(websocket.TextMessage, []byte("여보세요")); err != nil {
		t.Fatal(err)
	}
	if _, text, err := ws.ReadMessage(); err != nil || string(text) != "여보세요" {
		t.Errorf("%s, %v", text, err)
	}

	plain := open(t, Config{}, false)
	if told := get(t, &http.Transport{}, "http://"+plain.addr); !strings.HasPrefix(told, "HTTP/1.1 tls=false") {
		t.Error(told)
	}
}

func TestFront_EachKindGoesWhereItBelongsWithoutLosingAByte(t *testing.T) {
	allocate, binding := stun(0x0003, 8), framed(stun(0x0001, 80))
	for name, c := range map[string]struct {
		kind  string
		dial  func(*port) net.Conn
		bytes []byte
		to    func(*port) net.Listener
	}{
		"TURN":                {kindTURN, (*port).dial, allocate, func(p *port) net.Listener { return p.TURN() }},
		"TURN by TLS":         {kindTURNS, func(p *port) net.Conn { return p.shake() }, allocate, func(p *port) net.Listener { return p.TURN() }},
		"TURN by TLS, named":  {kindTURNS, func(p *port) net.Conn { return p.shake("stun.turn") }, allocate, func(p *port) net.Listener { return p.TURN() }},
		"ICE-TCP":             {kindStream, (*port).dial, binding, func(p *port) net.Listener { return p.Streams() }},
		"ICE-TCP, byte after": {kindStream, (*port).dial, binding[:10], func(p *port) net.Listener { return p.Streams() }},
	} {
		for _, encrypted := range []bool{true, false} {
			if !encrypted && c.kind == kindTURNS {
				continue
			}
			t.Run(fmt.Sprintf("%s/%v", name, encrypted), func(t *testing.T) {
				p := open(t, Config{}, encrypted)
				ours := c.dial(p)
				sent := append(bytes.Clone(c.bytes), "and what follows"...)
				for _, b := range sent { // a network may cut a stream anywhere
					if _, err := ours.Write([]byte{b}); err != nil {
						t.Fatal(err)
					}
				}
				theirs := p.taken(c.to(p))
				if !carried(theirs) {
					t.Errorf("%T hides what carries it", theirs)
				}
				got := make([]byte, len(sent))
				if _, err := io.ReadFull(theirs, got); err != nil || !bytes.Equal(got, sent) {
					t.Errorf("got %x, %v; want %x", got, err, sent)
				}
				if _, err := theirs.Write([]byte("answer")); err != nil {
					t.Fatal(err)
				}
				back := make([]byte, 6)
				if _, err := io.ReadFull(ours, back); err != nil || string(back) != "answer" {
					t.Errorf("%q, %v", back, err)
				}
				p.eventually("it is counted as "+c.kind, func() bool { return p.kinds(c.kind) == 1 })
			})
		}
	}
}

func TestFront_WithoutTLSOnAPortThatHasItOnlyRedirects(t *testing.T) {
	p := open(t, Config{}, true)
	ask := func(request string) (int, string) {
		c := p.dial()
		fmt.Fprint(c, request)
		response, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		p.closed(c)
		return response.StatusCode, response.Header.Get("Location")
	}
	for request, want := range map[string]string{
		"GET /j/ab?c=d HTTP/1.1\r\nHost: meet.example.kr:443\r\n\r\n":                                    "https://meet.example.kr/j/ab?c=d",
		"HEAD / HTTP/1.1\r\nHost: meet.example.kr:8443\r\n\r\n":                                          "https://meet.example.kr:8443/",
		"POST /api/v1/links/x/open HTTP/1.1\r\nHost: meet.example.kr\r\nContent-Length: 0\r\n\r\n":       "",
		"GET http://elsewhere.example/ HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n":                      "",
		"GET /ws HTTP/1.1\r\nHost: meet.example.kr\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n": "",
	} {
		code, to := ask(request)
		if want == "" && code != http.StatusBadRequest || want != "" && (code != http.StatusPermanentRedirect || to != want) {
			t.Errorf("%q: %d to %q, want %q", request, code, to, want)
		}
	}
	// The kind is counted once it is given away, which may be after the answer.
	p.eventually("five redirects", func() bool { return p.kinds(kindRedirect) == 5 })
}

func TestFront_WhatIsNothingWeSpeakIsClosedAndCounted(t *testing.T) {
	p := open(t, Config{}, true, func(f *Front) { f.limit = time.Second })
	say := func(text string) net.Conn {
		c := p.dial()
		fmt.Fprint(c, text)
		return c
	}
	for _, text := range []string{"SSH-2.0-OpenSSH\r\n", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "BREW / HTTP/1.1\r\n\r\n"} {
		p.closed(say(text))
	}
	inside := p.shake()
	fmt.Fprint(inside, "hello?")
	p.closed(inside)
	p.eventually("garbage", func() bool { return p.refused(refusedGarbage) == 4 })

	begun := time.Now()
	half := []net.Conn{say(""), say("GE"), say("\x16"), say("\x16\x03\x01\x02\x00\x01\x00"), p.shake()}
	for _, c := range half {
		p.closed(c)
	}
	if took := time.Since(begun); took < 900*time.Millisecond || took > 8*time.Second {
		t.Errorf("what says nothing was closed after %v", took)
	}
	p.eventually("five slow ones", func() bool { return p.refused(refusedSlow) == 5 })

	for _, c := range []net.Conn{say(""), say("GE")} {
		_ = c.Close()
	}
	p.eventually("two that went", func() bool { return p.refused(refusedGone) == 2 })

	p.closed(say("\x16\x03\x01\x00\x05hello and goodbye"))
	old := p.client.Clone()
	old.MaxVersion = tls.VersionTLS11
	old.MinVersion = tls.VersionTLS10
	if err := tls.Client(p.dial(), old).Handshake(); err == nil {
		t.Error("TLS 1.1 is still spoken")
	}
	p.eventually("two handshakes", func() bool { return p.refused(refusedHandshake) == 2 })
	p.eventually("all are sorted", func() bool { return value(p.metrics.unsorted) == 0 })
}

// A name that is not ours gets the certificate that there is: the browser says
// what is wrong, and an address without a name still works in a closed hall.
func TestFront_AWrongNameIsAnsweredWithTheCertificateThereIs(t *testing.T) {
	p := open(t, Config{}, true)
	config := p.client.Clone()
	config.ServerName = "elsewhere.example"
	err := tls.Client(p.dial(), config).Handshake()
	var wrong x509.HostnameError
	if !errors.As(err, &wrong) || wrong.Certificate.DNSNames[0] != name {
		t.Errorf("%v, want a certificate for %s", err, name)
	}
}

func TestFront_AnAuthorityOfACMEHasItsWholeConversationInTheHandshake(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := open(t, Config{Listener: l}, true, func(f *Front) { f.tls.NextProtos = append(f.tls.NextProtos, acmeProtocol) })
	c := p.shake(acmeProtocol)
	if got := c.ConnectionState().NegotiatedProtocol; got != acmeProtocol {
		t.Errorf("agreed on %q", got)
	}
	p.closed(c)
	p.eventually("it is counted", func() bool { return p.kinds(kindACME) == 1 })
}

// stream is a connection from an address of our choice that says nothing.
type stream struct {
	net.Conn
	from net.Addr
}

func (s stream) RemoteAddr() net.Addr { return s.from }

// feed is a listener whose connections a test makes up.
type feed struct {
	conns chan net.Conn
	done  chan struct{}
}

func newFeed() *feed { return &feed{conns: make(chan net.Conn), done: make(chan struct{})} }

func (f *feed) Accept() (net.Conn, error) {
	select {
	case c := <-f.conns:
		return c, nil
	case <-f.done:
		return nil, net.ErrClosed
	}
}
func (f *feed) Close() error   { close(f.done); return nil }
func (f *feed) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 443} }

// from lets one connection come from there.
func (f *feed) from(t *testing.T, addr string) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _ = ours.Close() })
	f.conns <- stream{theirs, net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(addr), 50000))}
	return ours
}

func TestFront_OneAddressHoldsNoMoreThanItsShareOfWhatIsUnsorted(t *testing.T) {
	l := newFeed()
	trusted := netip.MustParseAddr("10.0.0.1")
	p := open(t, Config{Listener: l, Trusted: func(a netip.Addr) bool { return a == trusted }}, false)
	for range maxOfOne {
		l.from(t, "203.0.113.7")
		l.from(t, "2001:db8::1")
		l.from(t, trusted.String())
	}
	p.closed(l.from(t, "203.0.113.7"))
	p.closed(l.from(t, "::ffff:203.0.113.7"))
	p.closed(l.from(t, "2001:db8::ffff:1")) // the same /64
	p.eventually("three are refused", func() bool { return p.refused(refusedCrowded) == 3 })
	l.from(t, "203.0.113.8")
	l.from(t, "2001:db8:0:1::1")
	l.from(t, trusted.String())
	p.eventually("the others are taken in", func() bool { return value(p.metrics.unsorted) == 3*maxOfOne+3 })

	// When one of them has said what it is, the next may come.
	c := l.from(t, "203.0.113.9")
	if _, err := c.Write(stun(0x0003, 0)[:8]); err != nil {
		t.Fatal(err)
	}
	p.taken(p.TURN())
	p.eventually("it is sorted", func() bool { return p.kinds(kindTURN) == 1 })
	for range maxOfOne {
		l.from(t, "203.0.113.9")
	}
	p.eventually("they are taken in", func() bool { return value(p.metrics.unsorted) == 4*maxOfOne+3 })
	if p.refused(refusedCrowded) != 3 {
		t.Error("a connection that was sorted still counts")
	}
}

func TestFront_ASiteThatHasManyNetworksHoldsNoMoreThanItsShare(t *testing.T) {
	l := newFeed()
	p := open(t, Config{Listener: l}, false)
	for i := range maxOfSite {
		l.from(t, fmt.Sprintf("2001:db8:7:%x::1", i))
	}
	p.closed(l.from(t, "2001:db8:7:ffff::1"))
	l.from(t, "2001:db8:8::1")
	p.eventually("another site's is taken in", func() bool { return value(p.metrics.unsorted) == maxOfSite+1 && p.refused(refusedCrowded) == 1 })
}

func TestFront_AHallBehindOneAddressComesBackAtOnce(t *testing.T) {
	// A hundred browsers, each with two connections for pages and socket and one for media.
	const people, each = 100, 3
	p := open(t, Config{}, true)
	var conns []net.Conn
	for range people * each { // all are there before one of them says what it is
		conns = append(conns, p.dial())
	}
	p.eventually("all are taken in", func() bool { return value(p.metrics.unsorted) == people*each })
	for _, c := range conns {
		fmt.Fprintf(c, "%s", stun(0x0003, 0))
		p.taken(p.TURN())
	}
	if n := p.refused(refusedCrowded) + p.refused(refusedBusy); n != 0 {
		t.Errorf("%v are refused", n)
	}
}

func TestFront_ThereIsAnEndToWhatIsUnsortedInAll(t *testing.T) {
	l := newFeed()
	p := open(t, Config{Listener: l}, false)
	for i := range maxInAll {
		l.from(t, fmt.Sprintf("10.0.%d.%d", i/250, i%250+1))
	}
	p.closed(l.from(t, "203.0.113.7"))
	p.eventually("it is counted", func() bool { return p.refused(refusedFull) == 1 })
}

func TestFront_WhoDoesNotKeepUpHoldsUpNobodyElse(t *testing.T) {
	p := open(t, Config{Trusted: netip.Addr.IsLoopback}, true) // hundreds at once from one address
	for range maxWaiting + 3 {                                 // nobody takes them
		fmt.Fprintf(p.dial(), "%s", stun(0x0003, 0))
	}
	p.eventually("the rest is closed", func() bool { return p.refused(refusedBusy) == 3 })
	if told := get(t, &http.Transport{TLSClientConfig: p.client.Clone()}, "https://"+p.addr); !strings.Contains(told, "tls=true") {
		t.Error(told)
	}
	fmt.Fprintf(p.dial(), "%s", framed(stun(0x0001, 8)))
	p.taken(p.Streams())

	_ = p.TURN().Close()
	p.closed(func() net.Conn { c := p.dial(); fmt.Fprintf(c, "%s", stun(0x0003, 0)); return c }())
	p.eventually("it is counted", func() bool { return p.refused(refusedClosed) == 1 })
}

func TestFront_AProxyTellsForWhomItComes(t *testing.T) {
	p := open(t, Config{Trusted: netip.Addr.IsLoopback}, true)
	c := p.dial()
	fmt.Fprint(c, "PROXY TCP4 203.0.113.7 192.0.2.1 50000 443\r\n")
	inner := tls.Client(c, p.client)
	fmt.Fprint(inner, "GET / HTTP/1.0\r\n\r\n")
	if body, err := io.ReadAll(inner); err != nil || !strings.Contains(string(body), "from=203.0.113.7:50000") {
		t.Errorf("%s, %v", body, err)
	}
	c = p.dial()
	fmt.Fprintf(c, "%s%s", proxyV2+"\x21\x11\x00\x0c\xcb\x00\x71\x08\xc0\x00\x02\x01\xc3\x50\x01\xbb", stun(0x0003, 0))
	if from := p.taken(p.TURN()).RemoteAddr().String(); from != "203.0.113.8:50000" {
		t.Errorf("it comes from %s", from)
	}
	c = p.dial()
	fmt.Fprint(c, "PROXY TCP9 hello\r\n")
	p.closed(c)
	p.eventually("it is counted", func() bool { return p.refused(refusedProxy) == 1 })
	if told := get(t, &http.Transport{TLSClientConfig: p.client.Clone()}, "https://"+p.addr); !strings.Contains(told, "from=127.0.0.1") {
		t.Errorf("a proxy that tells nothing: %s", told)
	}

	// Nobody else is believed.
	stranger := open(t, Config{}, true)
	c = stranger.dial()
	fmt.Fprint(c, "PROXY TCP4 203.0.113.7 192.0.2.1 50000 443\r\n")
	stranger.closed(c)
	stranger.eventually("it is garbage", func() bool { return stranger.refused(refusedGarbage) == 1 })
}

func TestFront_CloseEndsWhateverIsUnderWay(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := New(Config{Listener: l, TLS: &tls.Config{Certificates: []tls.Certificate{certificate(t)}}, Metrics: prometheus.NewRegistry()})
	served := make(chan error, 1)
	go func() { served <- f.Serve() }()
	dial := func(text string) net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		fmt.Fprint(c, text)
		return c
	}
	open := []net.Conn{dial(""), dial("\x16\x03\x01"), dial(string(stun(0x0003, 0))), dial("GET / HTTP/1.1\r\n")}
	for deadline := time.Now().Add(5 * time.Second); value(f.metrics.unsorted) != 2; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("they were never taken in")
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	closed := make(chan struct{})
	go func() { f.Close(); f.Close(); close(closed) }()
	select {
	case <-closed:
	case <-ctx.Done():
		t.Fatal("Close does not end")
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	for _, c := range open {
		_ = c.SetReadDeadline(time.Now().Add(2 * time.Second))
		if _, err := io.Copy(io.Discard, c); err != nil {
			var timeout net.Error
			if errors.As(err, &timeout) && timeout.Timeout() {
				t.Error("a connection outlives the port")
			}
		}
	}
	if _, err := f.TURN().Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept: %v", err)
	}
}
