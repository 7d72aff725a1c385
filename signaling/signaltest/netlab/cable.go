package netlab

import (
	"container/heap"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"sangdam/signaling/signaltest/netlab/line"
)

// underway bounds the packets on one direction; more are lost, as in any router.
const underway = 16384

// Cable carries IP packets between two TUN devices, one in the person's namespace
// and one in the router's.
type Cable struct {
	up, down *pipe
}

// newCable makes the devices `name` in `near` and `far` in the router and begins to carry.
func newCable(near space, name string, router space, far string, seed uint64) (*Cable, error) {
	a, err := openTUN(near, name)
	if err != nil {
		return nil, err
	}
	b, err := openTUN(router, far)
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	c := &Cable{up: newPipe(a, b, 2*seed), down: newPipe(b, a, 2*seed+1)}
	c.up.start()
	c.down.start()
	return c, nil
}

// Set changes both directions; up is from the person to the router.
func (c *Cable) Set(up, down line.Quality) {
	c.up.set(up)
	c.down.set(down)
}

// Both changes both directions in the same way.
func (c *Cable) Both(q line.Quality) { c.Set(q, q) }

// Counters tell what happened to packets, up and down.
func (c *Cable) Counters() (up, down line.Counters) { return c.up.counters(), c.down.counters() }

// close takes the devices away and waits for both directions.
func (c *Cable) close() error {
	// Each device is one pipe's beginning and the other's end.
	err := errors.Join(c.up.from.Close(), c.down.from.Close())
	c.up.end()
	c.down.end()
	return err
}

// openTUN makes a TUN device in a namespace.
func openTUN(s space, name string) (*os.File, error) {
	var f *os.File
	err := s.do(func() error {
		fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
		if err != nil {
			return err
		}
		request, err := unix.NewIfreq(name)
		if err == nil {
			request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
			err = unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
		}
		if err != nil {
			_ = unix.Close(fd)
			return err
		}
		f = os.NewFile(uintptr(fd), "tun "+name)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("TUN device %s in %s: %w", name, s, err)
	}
	return f, nil
}

// pipe is one direction of a cable.
type pipe struct {
	// Fixed after newPipe.
	from, to *os.File
	began    time.Time
	wake     chan struct{} // holds one: something may be due earlier than thought
	done     chan struct{}
	wg       sync.WaitGroup

	mu      sync.Mutex // guards all below
	line    *line.Line
	packets packets
	count   uint64
}

func newPipe(from, to *os.File, seed uint64) *pipe {
	return &pipe{from: from, to: to, began: time.Now(), line: line.New(seed), wake: make(chan struct{}, 1), done: make(chan struct{})}
}

func (p *pipe) start() {
	p.wg.Add(2)
	go p.take()
	go p.give()
}

// end waits; the devices are closed already.
func (p *pipe) end() {
	close(p.done)
	p.wg.Wait()
}

func (p *pipe) set(q line.Quality) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.line.Set(q)
}

func (p *pipe) counters() line.Counters {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.line.Counters()
}

// take reads until the device is closed.
func (p *pipe) take() {
	defer p.wg.Done()
	buf := make([]byte, 65536)
	for {
		n, err := p.from.Read(buf)
		if errors.Is(err, fs.ErrClosed) {
			return
		}
		if err != nil {
			// The device is down for a while: reads fail and mean nothing else.
			select {
			case <-p.done:
				return
			case <-time.After(10 * time.Millisecond):
			}
			continue
		}
		p.enter(time.Since(p.began), buf[:n])
	}
}

func (p *pipe) enter(at time.Duration, packet []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	arrives, again, ok := p.line.Send(at, len(packet))
	if !ok || len(p.packets) >= underway {
		return
	}
	bytes := append([]byte(nil), packet...)
	p.push(arrives, bytes)
	if again != 0 {
		p.push(again, bytes)
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *pipe) push(at time.Duration, bytes []byte) {
	p.count++
	heap.Push(&p.packets, packet{at, p.count, bytes})
}

// give writes what is due.
func (p *pipe) give() {
	defer p.wg.Done()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(p.due())
		select {
		case <-p.done:
			return
		case <-p.wake:
		case <-timer.C:
		}
	}
}

// due writes all that has arrived and says how long until the next does.
func (p *pipe) due() time.Duration {
	for {
		p.mu.Lock()
		if len(p.packets) == 0 {
			p.mu.Unlock()
			return time.Hour
		}
		if wait := p.packets[0].at - time.Since(p.began); wait > 0 {
			p.mu.Unlock()
			return wait
		}
		next := heap.Pop(&p.packets).(packet)
		p.mu.Unlock()
		// A device that is down or has no room loses the packet, as a card does.
		if _, err := p.to.Write(next.bytes); errors.Is(err, fs.ErrClosed) {
			return time.Hour
		}
	}
}

type packet struct {
	at    time.Duration
	count uint64
	bytes []byte
}

// packets is a heap; those of the same time leave as they came.
type packets []packet

func (p packets) Len() int { return len(p) }
func (p packets) Less(i, j int) bool {
	return p[i].at < p[j].at || p[i].at == p[j].at && p[i].count < p[j].count
}
func (p packets) Swap(i, j int) { p[i], p[j] = p[j], p[i] }
func (p *packets) Push(x any)   { *p = append(*p, x.(packet)) }
func (p *packets) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}
