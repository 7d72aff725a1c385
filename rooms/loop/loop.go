// Package loop runs closures one after another on one goroutine, so that what
// they touch needs no mutex.
//
// The owner of a Loop owns the state that its tasks touch; the Loop owns the
// goroutine and the queue. Calls go down and may wait (Do), news goes up and
// never waits (Post). Channels with a request struct for each kind of call were
// rejected: a closure says the same with less.
package loop

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
)

// Errors of Do and Post.
var (
	ErrClosed   = errors.New("loop is closed")
	ErrFull     = errors.New("loop's queue is full")
	ErrPanicked = errors.New("task panicked")
)

// DefaultQueue is how many tasks wait when Options says nothing.
const DefaultQueue = 256

// Options of a Loop. The zero value is good.
type Options struct {
	// Queue bounds the tasks that wait.
	Queue int
	// OnPanic hears of a panic in a task, on the loop's goroutine, after the
	// loop has stopped taking tasks and before Done. It may touch the owner's
	// state: no task will run after it. Without a handler the panic is
	// swallowed and Err tells it.
	OnPanic func(value any, stack []byte)
	// OnClose is the last thing on the loop's goroutine, however it ended.
	OnClose func()
}

type task struct {
	fn   func()
	done chan struct{} // closed when fn has returned; nil for a posted task
}

// Loop runs tasks one after another.
type Loop struct {
	// fixed after New
	opts   Options
	tasks  chan task
	ctx    context.Context
	cancel context.CancelCauseFunc
	done   chan struct{}

	stop sync.Once
}

// New starts a Loop. Its owner must call Close, or Stop and wait for Done.
func New(opts Options) *Loop {
	if opts.Queue <= 0 {
		opts.Queue = DefaultQueue
	}
	l := &Loop{opts: opts, tasks: make(chan task, opts.Queue), done: make(chan struct{})}
	l.ctx, l.cancel = context.WithCancelCause(context.Background())
	go l.run()
	return l
}

// Do runs fn on the loop and waits until it has returned. It waits for room in
// the queue, too. After ErrClosed fn did not run and never will; after the
// context's error it may still run; after ErrPanicked it, or a task before it, panicked.
// Calling Do from one of the loop's own tasks would wait for ever.
func (l *Loop) Do(ctx context.Context, fn func()) error {
	if l.ctx.Err() != nil {
		return ErrClosed
	}
	t := task{fn: fn, done: make(chan struct{})}
	select {
	case l.tasks <- t:
	case <-ctx.Done():
		return ctx.Err()
	case <-l.ctx.Done():
		return ErrClosed
	}
	var ended error
	select {
	case <-t.done:
		return nil
	case <-l.done:
		ended = l.closedError()
	case <-ctx.Done():
		ended = ctx.Err()
	}
	select { // it may have run while the other thing happened
	case <-t.done:
		return nil
	default:
		return ended
	}
}

// Post queues fn and returns at once: nil, ErrClosed, or ErrFull when the queue
// is full, in which case fn is dropped and the caller decides what that means
// (news that repeats itself may be dropped, other news should close its
// subject).
func (l *Loop) Post(fn func()) error {
	if l.ctx.Err() != nil {
		return ErrClosed
	}
	select {
	case l.tasks <- task{fn: fn}:
		return nil
	default:
		return ErrFull
	}
}

// Stop ends the loop after the task that runs now; tasks that wait are dropped.
// It does not wait and may be called from a task.
func (l *Loop) Stop() { l.stopFor(ErrClosed) }

// Close is Stop, and waits until the goroutine has ended. It must not be called
// from a task.
func (l *Loop) Close() {
	l.Stop()
	<-l.done
}

// Done is closed when the goroutine has ended.
func (l *Loop) Done() <-chan struct{} { return l.done }

// Context is cancelled when the loop stops taking tasks.
func (l *Loop) Context() context.Context { return l.ctx }

// Err is nil while the loop takes tasks; then ErrClosed or ErrPanicked.
func (l *Loop) Err() error {
	if l.ctx.Err() == nil {
		return nil
	}
	return context.Cause(l.ctx)
}

func (l *Loop) stopFor(cause error) { l.stop.Do(func() { l.cancel(cause) }) }

// closedError tells a caller of Do whose task has not finished why: only the
// task that panicked itself is cut off in the middle, but the ones behind it
// share the cause, and for them too the loop's owner has failed.
func (l *Loop) closedError() error {
	if errors.Is(l.Err(), ErrPanicked) {
		return ErrPanicked
	}
	return ErrClosed
}

func (l *Loop) run() {
	defer close(l.done)
	if l.opts.OnClose != nil {
		defer l.opts.OnClose()
	}
	defer l.Stop() // a task may end the goroutine (runtime.Goexit)
	for {
		select { // closing comes before whatever is queued
		case <-l.ctx.Done():
			return
		default:
		}
		select {
		case <-l.ctx.Done():
			return
		case t := <-l.tasks:
			if !l.runTask(t) {
				return
			}
		}
	}
}

func (l *Loop) runTask(t task) (ok bool) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		ok = false
		l.stopFor(ErrPanicked)
		if l.opts.OnPanic != nil {
			l.opts.OnPanic(v, debug.Stack())
		}
	}()
	t.fn()
	if t.done != nil {
		close(t.done)
	}
	return true
}
