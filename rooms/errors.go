package rooms

import (
	"errors"
	"fmt"
	"time"

	"sangdam/rooms/schedule"
)

// Why something was refused, or why a Client was dismissed. The edge maps each
// to one code of the protocol; errors.Is finds them through wrapping.
var (
	ErrEnded       = errors.New("the consultation has ended")
	ErrCancelled   = errors.New("the consultation is cancelled")
	ErrFull        = errors.New("the room is full")
	ErrSeatInUse   = errors.New("the seat is in use on another device")
	ErrNotFound    = errors.New("no such event or consultation")
	ErrForbidden   = errors.New("the seat is not one of this consultation")
	ErrUnavailable = errors.New("the store cannot be reached")
	ErrRoomFailed  = errors.New("the room failed")
	ErrInvalid     = errors.New("not a valid request")
	ErrTooLarge    = errors.New("the text is too long")
	ErrGone        = errors.New("the session is not in the room any more")
	ErrHeld        = errors.New("was removed: a coordinator has to let them in")
	ErrInUse       = errors.New("another coordinator speaks in the room")

	// As the reason of Client.Dismiss, and of calls that come after it:
	ErrMoved    = errors.New("the seat moved to another device")
	ErrReplaced = errors.New("the same tab came back as a new session")
	ErrLost     = errors.New("nothing was received for the whole grace time")
	ErrStopping = errors.New("this node is stopping")
)

// TooEarlyError says that the doors are shut, and until when.
type TooEarlyError struct{ OpensAt time.Time }

func (e *TooEarlyError) Error() string {
	return "the doors open at " + e.OpensAt.UTC().Format(time.RFC3339)
}

// LeasedError says that another node runs the room.
type LeasedError struct{ Node string }

func (e *LeasedError) Error() string { return fmt.Sprintf("the room is run by node %q", e.Node) }

// dismissal is what the Client is told for a reason of the ledger.
func dismissal(why schedule.LeaveReason) error {
	switch why {
	case schedule.LeftByChoice:
		return nil // it knows
	case schedule.LeftMoved:
		return ErrMoved
	case schedule.LeftReplaced:
		return ErrReplaced
	case schedule.LeftLost:
		return ErrLost
	case schedule.LeftEnded:
		return ErrEnded
	case schedule.LeftRemoved:
		return ErrCancelled
	case schedule.LeftNodeDied:
		return ErrStopping
	}
	return ErrRoomFailed
}
