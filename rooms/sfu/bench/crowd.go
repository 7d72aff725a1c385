//go:build linux

package main

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/pion/dtls/v3/pkg/crypto/fingerprint"
	"github.com/pion/dtls/v3/pkg/crypto/selfsign"
	"github.com/pion/rtp"
	"golang.org/x/sys/unix"
)

const (
	// late is after how long a packet counts as sent too late: then the crowd is the
	// limit, and not the server.
	late = 20 * time.Millisecond
	// inOneGo is how many sendings may go before what has come is read.
	inOneGo = 16
)

// crowd is many people in one loop.
type crowd struct {
	// fixed after newCrowd
	cert        tls.Certificate
	fingerprint string
	begun       time.Time // zero of all times
	net         *sockets
	done        chan struct{}

	mu     sync.Mutex // guards all below and all of the people
	people []*person  // by descriptor; nil where there is none
	due    schedule
	closed bool
	lates  uint64
	plain  []byte
	sealed []byte
	header rtp.Header
}

// job is something that is done again and again.
type job interface {
	// run does it and tells when it is to be done next; 0: never.
	run(now time.Duration) time.Duration
}

func newCrowd() (*crowd, error) {
	cert, err := selfsign.GenerateSelfSigned()
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	print, err := fingerprint.Fingerprint(leaf, crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	net, err := newSockets()
	if err != nil {
		return nil, err
	}
	c := &crowd{
		cert: cert, fingerprint: print, begun: time.Now(), net: net, done: make(chan struct{}),
		plain: make([]byte, 0, readSize), sealed: make([]byte, 0, readSize),
	}
	go c.run()
	return c, nil
}

// close ends the loop and waits for it. People must be closed before.
func (c *crowd) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.net.wake()
	<-c.done
	c.net.close()
}

func (c *crowd) now() time.Duration { return time.Since(c.begun) }

func (c *crowd) run() {
	defer close(c.done)
	// The kernel rounds the waits of a thread up by 50 µs unless told not to.
	runtime.LockOSThread()
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	for {
		c.mu.Lock()
		if c.closed {
			c.mu.Unlock()
			return
		}
		c.net.drain(c.take)
		next := c.sendDue()
		c.mu.Unlock()
		c.net.wait(next)
	}
}

// sendDue does what is due, and tells how long nothing is.
func (c *crowd) sendDue() time.Duration {
	for range inOneGo {
		at, j, ok := c.due.first()
		if !ok {
			return time.Second
		}
		now := c.now()
		if at > now {
			return min(at-now, time.Second)
		}
		if now-at > late {
			c.lates++
		}
		c.due.replace(j.run(now))
	}
	return 0
}

// take takes what has come on a socket.
func (c *crowd) take(fd, packets int) {
	if fd >= len(c.people) || c.people[fd] == nil {
		return
	}
	now := c.now()
	for i := range packets {
		c.people[fd].hear(c.net.packet(i), now)
	}
}

// settle makes a person's socket known. Called with mu held.
func (c *crowd) settle(fd int, p *person) {
	for fd >= len(c.people) {
		c.people = append(c.people, nil)
	}
	c.people[fd] = p
}

// schedule is a heap of jobs by when they are due.
type schedule []entry

type entry struct {
	at  time.Duration
	job job
}

func (s *schedule) first() (time.Duration, job, bool) {
	if len(*s) == 0 {
		return 0, nil, false
	}
	return (*s)[0].at, (*s)[0].job, true
}

// replace gives the first another time; 0 takes it away.
func (s *schedule) replace(at time.Duration) {
	h := *s
	if at == 0 {
		h[0] = h[len(h)-1]
		h[len(h)-1] = entry{}
		*s = h[:len(h)-1]
		h = *s
	} else {
		h[0].at = at
	}
	for i := 0; ; {
		least := i
		for k := 2*i + 1; k <= 2*i+2 && k < len(h); k++ {
			if h[k].at < h[least].at {
				least = k
			}
		}
		if least == i {
			return
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}

func (s *schedule) add(at time.Duration, j job) {
	*s = append(*s, entry{at, j})
	h := *s
	for i := len(h) - 1; i > 0 && h[(i-1)/2].at > h[i].at; i = (i - 1) / 2 {
		h[i], h[(i-1)/2] = h[(i-1)/2], h[i]
	}
}
