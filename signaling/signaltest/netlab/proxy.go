package netlab

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	proxyPort = 3128 // where an office's proxy usually listens
	guardPort = 8443 // where what is sent to tcp/443 ends up under OnlyTLS
)

// proxy is a way out at the router that looks at what wants to go through.
type proxy struct {
	router   space
	admit    admit
	listener net.Listener
	wg       sync.WaitGroup

	mu    sync.Mutex // guards conns
	conns map[net.Conn]bool
}

// admit reads the beginning of a connection and says where it leads, and what the one
// who opened it is told first; an empty target is none, and the connection is reset.
type admit func(in *bufio.Reader) (target, greeting string)

// connect is an office's proxy: HTTP CONNECT to port 443 (RFC 9110 section 9.3.6) and
// nothing else.
func connect(in *bufio.Reader) (target, greeting string) {
	request, err := http.ReadRequest(in)
	if err != nil {
		return "", ""
	}
	_, port, err := net.SplitHostPort(request.Host)
	if err != nil || request.Method != http.MethodConnect || port != "443" {
		return "", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
	}
	return request.Host, "HTTP/1.1 200 Connection established\r\n\r\n"
}

// onlyTLS is a filter that knows what belongs on port 443: what does not begin with a
// handshake (RFC 8446 section 5.1) is reset.
func onlyTLS(in *bufio.Reader) (target, greeting string) {
	if head, err := in.Peek(2); err != nil || head[0] != 22 || head[1] != 3 {
		return "", ""
	}
	return net.JoinHostPort(serverAddress, "443"), ""
}

// startProxy listens on the router's side of a link.
func startProxy(router space, address string, port int, admit admit) (*proxy, error) {
	p := &proxy{router: router, admit: admit, conns: make(map[net.Conn]bool)}
	err := router.do(func() (err error) {
		p.listener, err = net.Listen("tcp4", net.JoinHostPort(address, strconv.Itoa(port)))
		return err
	})
	if err != nil {
		return nil, err
	}
	p.wg.Add(1)
	go p.accept()
	return p, nil
}

func (p *proxy) accept() {
	defer p.wg.Done()
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.wg.Add(1)
		go func() {
			defer p.wg.Done()
			p.serve(conn)
		}()
	}
}

// keep registers a connection, to be closed with the proxy.
func (p *proxy) keep(c net.Conn, is bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if is {
		p.conns[c] = true
	} else {
		delete(p.conns, c)
		_ = c.Close()
	}
}

func (p *proxy) serve(near net.Conn) {
	p.keep(near, true)
	defer p.keep(near, false)
	in := bufio.NewReader(near)
	target, greeting := p.admit(in)
	var far net.Conn
	if target != "" {
		if err := p.router.do(func() (err error) {
			far, err = net.DialTimeout("tcp4", target, 5*time.Second)
			return err
		}); err != nil {
			return
		}
		p.keep(far, true)
		defer p.keep(far, false)
	}
	if _, err := io.WriteString(near, greeting); err != nil {
		return
	}
	if far == nil {
		if tcp, ok := near.(*net.TCPConn); ok && greeting == "" {
			_ = tcp.SetLinger(0)
		}
		return
	}
	p.wg.Add(1)
	go func() {
		defer p.wg.Done()
		_, _ = io.Copy(far, in)
		_ = far.Close()
	}()
	_, _ = io.Copy(near, far)
	_ = near.Close()
}

func (p *proxy) close() error {
	err := p.listener.Close()
	p.mu.Lock()
	for c := range p.conns {
		err = errors.Join(err, ignoreClosed(c.Close()))
	}
	p.mu.Unlock()
	p.wg.Wait()
	return err
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
