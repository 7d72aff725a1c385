package signaling

import (
	"context"
	"errors"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

// fault gives every error its code: the one place where the domain's errors
// meet the protocol's.
func fault(err error) *protocol.Fault {
	if f, ok := errors.AsType[*protocol.Fault](err); ok {
		return f
	}
	if early, ok := errors.AsType[*rooms.TooEarlyError](err); ok {
		return &protocol.Fault{Code: protocol.CodeTooEarly, OpensAt: early.OpensAt.UTC(), Cause: err}
	}
	if leased, ok := errors.AsType[*rooms.LeasedError](err); ok {
		// The other node's lease is short: it is renewed or runs out.
		return &protocol.Fault{Code: protocol.CodeUnavailable, RetryAfter: retryUnavailable, Cause: leased}
	}
	f := &protocol.Fault{Code: code(err), Cause: err}
	if f.Code == protocol.CodeUnavailable {
		f.RetryAfter = retryUnavailable
	}
	return f
}

const retryUnavailable = 2 * time.Second

func code(err error) protocol.Code {
	for _, m := range []struct {
		is   error
		code protocol.Code
	}{
		{rooms.ErrEnded, protocol.CodeEnded},
		{rooms.ErrCancelled, protocol.CodeCancelled},
		{rooms.ErrFull, protocol.CodeRoomFull},
		{rooms.ErrSeatInUse, protocol.CodeSeatInUse},
		{rooms.ErrNotFound, protocol.CodeNotFound},
		{rooms.ErrForbidden, protocol.CodeForbidden},
		{rooms.ErrUnavailable, protocol.CodeUnavailable},
		{rooms.ErrRoomFailed, protocol.CodeRoomFailed},
		{rooms.ErrInvalid, protocol.CodeBadMessage},
		{rooms.ErrTooLarge, protocol.CodeTooLarge},
		{rooms.ErrGone, protocol.CodeSessionUnknown},
		{rooms.ErrHeld, protocol.CodeHeld},
		{rooms.ErrInUse, protocol.CodeConflict},
		{rooms.ErrMoved, protocol.CodeMoved},
		{rooms.ErrReplaced, protocol.CodeReplaced},
		{rooms.ErrLost, protocol.CodeSessionUnknown},
		{rooms.ErrStopping, protocol.CodeDraining},
		{sfu.ErrBadOffer, protocol.CodeBadOffer},
		{sfu.ErrNoPeer, protocol.CodeNotFound},
		{sfu.ErrClosed, protocol.CodeDraining},
		{context.DeadlineExceeded, protocol.CodeUnavailable},
	} {
		if errors.Is(err, m.is) {
			return m.code
		}
	}
	return protocol.CodeInternal
}

// leaveReason is what a dismissed session hears about itself in a delta.
func leaveReason(reason error) schedule.LeaveReason {
	for _, m := range []struct {
		is  error
		why schedule.LeaveReason
	}{
		{rooms.ErrEnded, schedule.LeftEnded},
		{rooms.ErrCancelled, schedule.LeftRemoved},
		{rooms.ErrForbidden, schedule.LeftRemoved}, // the seat went to another party
		{rooms.ErrHeld, schedule.LeftRemoved},
		{rooms.ErrMoved, schedule.LeftMoved},
		{rooms.ErrReplaced, schedule.LeftReplaced},
		{rooms.ErrLost, schedule.LeftLost},
		{rooms.ErrStopping, schedule.LeftNodeDied},
	} {
		if errors.Is(reason, m.is) {
			return m.why
		}
	}
	if _, moved := errors.AsType[*rooms.TooEarlyError](reason); moved {
		return schedule.LeftRemoved // to a later day
	}
	return schedule.LeftFault
}
