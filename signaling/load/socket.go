package load

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"sangdam/signaling/protocol"
)

// endWait bounds how long a farewell waits for the server's close.
const endWait = 2 * time.Second

// socket is one WebSocket and the goroutine that reads it.
type socket struct {
	ws    *websocket.Conn
	heard func(protocol.Message) // of every message, in order; it must not wait
	done  chan struct{}          // closed when the reader has ended

	writing sync.Mutex // one writer at a time (gorilla)

	mu      sync.Mutex // guards what follows
	ref     uint64
	waiting map[uint64]chan protocol.Message
	last    error // why it ended
}

func startSocket(ws *websocket.Conn, heard func(protocol.Message)) *socket {
	s := &socket{ws: ws, heard: heard, done: make(chan struct{}), waiting: make(map[uint64]chan protocol.Message)}
	go s.read() // ends with the connection; close waits for it
	return s
}

func (s *socket) read() {
	defer close(s.done)
	for {
		_, raw, err := s.ws.ReadMessage()
		if err != nil {
			s.end(err)
			return
		}
		var m protocol.Message
		if err := json.Unmarshal(raw, &m); err != nil {
			s.end(fmt.Errorf("unreadable message: %w", err))
			_ = s.ws.Close()
			return
		}
		if m.Type == protocol.TypeError && m.Ref == 0 {
			s.end(refusal(m))
			continue // the close follows
		}
		s.heard(m)
		s.mu.Lock()
		wait := s.waiting[m.Ref]
		delete(s.waiting, m.Ref)
		s.mu.Unlock()
		if wait != nil {
			wait <- m
		}
	}
}

// end notes why the socket ended; the first reason counts.
func (s *socket) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil {
		s.last = err
	}
}

// why is the reason of a socket that has ended.
func (s *socket) why() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil {
		return io.ErrUnexpectedEOF
	}
	return s.last
}

func (s *socket) write(raw []byte) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.ws.WriteMessage(websocket.TextMessage, raw)
}

// ask sends a request and waits for its reply.
func (s *socket) ask(ctx context.Context, typ string, body, out any) error {
	reply := make(chan protocol.Message, 1)
	s.mu.Lock()
	s.ref++
	ref := s.ref
	s.waiting[ref] = reply
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.waiting, ref)
		s.mu.Unlock()
	}()
	raw, err := protocol.Encode(typ, ref, body)
	if err != nil {
		return err
	}
	if err := s.write(raw); err != nil {
		return err
	}
	select {
	case m := <-reply:
		return answer(m, out)
	case <-ctx.Done():
		return fmt.Errorf("waiting for the reply to %s: %w", typ, ctx.Err())
	case <-s.done:
	}
	select {
	case m := <-reply: // it came just before the end
		return answer(m, out)
	default:
		return fmt.Errorf("the socket ended before the reply to %s: %w", typ, s.why())
	}
}

func answer(m protocol.Message, out any) error {
	if m.Type == protocol.TypeError {
		return refusal(m)
	}
	if out == nil || len(m.Body) == 0 {
		return nil
	}
	return json.Unmarshal(m.Body, out)
}

func refusal(m protocol.Message) error {
	var e protocol.Error
	if err := json.Unmarshal(m.Body, &e); err != nil {
		return fmt.Errorf("unreadable error: %w", err)
	}
	return &refused{e}
}

// close drops the connection without a close frame and waits for the reader.
func (s *socket) close() {
	_ = s.ws.Close()
	<-s.done
}

// bye says it and lets the server close.
func (s *socket) bye() {
	if raw, err := protocol.Encode(protocol.TypeBye, 0, nil); err == nil && s.write(raw) == nil {
		t := time.NewTimer(endWait)
		defer t.Stop()
		select {
		case <-s.done:
		case <-t.C:
		}
	}
	s.close()
}
