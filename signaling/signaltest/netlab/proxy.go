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

// proxyPort is where an office's proxy usually listens.
const proxyPort = 3128

// proxy is an office's way out, at the router: HTTP CONNECT to port 443 (RFC 9110
// section 9.3.6) and nothing else.
type proxy struct {
	router   space
	listener net.Listener
	wg       sync.WaitGroup

	mu    sync.Mutex // guards conns
	conns map[net.Conn]bool
}

// startProxy listens on the router's side of a link.
func startProxy(router space, address string) (*proxy, error) {
	p := &proxy{router: router, conns: make(map[net.Conn]bool)}
	err := router.do(func() (err error) {
		p.listener, err = net.Listen("tcp4", net.JoinHostPort(address, strconv.Itoa(proxyPort)))
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
	request, err := http.ReadRequest(in)
	if err != nil {
		return
	}
	_, port, err := net.SplitHostPort(request.Host)
	if err != nil || request.Method != http.MethodConnect || port != "443" {
		_, _ = io.WriteString(near, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
		return
	}
	var far net.Conn
	if err := p.router.do(func() (err error) {
		far, err = net.DialTimeout("tcp4", request.Host, 5*time.Second)
		return err
	}); err != nil {
		_, _ = io.WriteString(near, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
		return
	}
	p.keep(far, true)
	defer p.keep(far, false)
	if _, err := io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
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
