package lean

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
)

const (
	// step is what the clock of media advances by: a packet of sound.
	step = 20 * time.Millisecond
	// phases are when within a step a client has its turn, so that hundreds do not
	// send at one moment.
	phases = 20
)

// Pool sends for many Clients.
type Pool struct {
	// fixed after NewPool
	start       time.Time // zero of the stamps in packets
	certificate tls.Certificate
	fingerprint string
	stop        chan struct{} // closed by Close
	running     sync.WaitGroup
	workers     []*worker

	mu   sync.Mutex // guards next
	next int
}

// worker has its turn with a part of the clients, a twentieth of them each
// millisecond.
type worker struct {
	mu      sync.Mutex // guards clients; not held during a turn
	clients [phases][]*Client
}

// NewPool starts the senders, one a processor. Close must follow, after that of
// all Clients.
func NewPool() (*Pool, error) {
	certificate, err := selfsign.GenerateSelfSigned()
	if err != nil {
		return nil, fmt.Errorf("lean: certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(certificate.Certificate[0])
	if err != nil {
		return nil, fmt.Errorf("lean: certificate: %w", err)
	}
	print, err := fingerprint.Fingerprint(leaf, crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("lean: certificate: %w", err)
	}
	p := &Pool{start: time.Now(), certificate: certificate, fingerprint: print, stop: make(chan struct{})}
	for range runtime.GOMAXPROCS(0) {
		w := &worker{}
		p.workers = append(p.workers, w)
		p.running.Go(func() { p.work(w) })
	}
	return p, nil
}

// Close ends the senders.
func (p *Pool) Close() {
	close(p.stop)
	p.running.Wait()
}

// now is the time since the Pool's start.
func (p *Pool) now() time.Duration { return time.Since(p.start) }

func (p *Pool) work(w *worker) {
	tick := time.NewTicker(step / phases)
	defer tick.Stop()
	var turn []*Client
	done := int64(p.now() / (step / phases))
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
		}
		// A phase that was missed is made up for; one that was missed twice is not:
		// clients send what is due by the clock.
		due := int64(p.now() / (step / phases))
		done = max(done, due-phases)
		for ; done < due; done++ {
			w.mu.Lock()
			turn = append(turn[:0], w.clients[done%phases]...)
			w.mu.Unlock()
			for _, c := range turn {
				c.turn()
			}
		}
	}
}

// add gives a client its turn, and tells how to take it away.
func (p *Pool) add(c *Client) (remove func()) {
	p.mu.Lock()
	n := p.next
	p.next++
	p.mu.Unlock()
	w, phase := p.workers[n%len(p.workers)], n/len(p.workers)%phases
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clients[phase] = append(w.clients[phase], c)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		at := w.clients[phase]
		for i := range at {
			if at[i] == c {
				at[i] = at[len(at)-1]
				at[len(at)-1] = nil
				w.clients[phase] = at[:len(at)-1]
				return
			}
		}
	}
}
