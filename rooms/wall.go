package rooms

import (
	"context"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// WallSlot says whom a slot of a wall shows (video) or sounds (audio).
type WallSlot struct {
	Slot         int
	Consultation schedule.ConsultationID
	Seat         schedule.SeatID
}

// Wall is what a console with media sees and hears of many rooms.
type Wall struct{}

// Wall begins to show rooms on a console's Peer. A Watch has one: asking again
// ends the former.
func (w *Watch) Wall(ctx context.Context, peer sfu.PeerID) (*Wall, error) {
	return nil, ErrUnavailable
}

// Show says which rooms are on the screen, in the order of importance, and
// which of them is looked at closely (empty: none). The Watcher's WallChanged
// is called once before it returns, whether or not anything differs.
func (w *Wall) Show(ctx context.Context, rooms []schedule.ConsultationID, large schedule.ConsultationID) error {
	return ErrUnavailable
}

// Help listens to a room or speaks to it, to one role alone when to is set;
// HelpQuiet ends it wherever it is. A console helps one room at a time.
// ErrInUse: another coordinator speaks there.
func (w *Wall) Help(ctx context.Context, id schedule.ConsultationID, mode HelpMode, to schedule.Role) error {
	return ErrUnavailable
}

// Rebind moves the wall to a new Peer of the same session.
func (w *Wall) Rebind(ctx context.Context, peer sfu.PeerID) error {
	return ErrUnavailable
}

// Stop ends the wall: when it returns nothing is shown, heard or said by it.
func (w *Wall) Stop() {}

// Socket is news that the console's socket is lost or back. A helper who cannot
// be told anything for HelperSilent is quiet.
func (w *Wall) Socket(up bool) {}
