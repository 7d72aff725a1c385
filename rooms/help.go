package rooms

import "sangdam/rooms/schedule"

// HelpMode is what a coordinator does in a room.
type HelpMode string

const (
	HelpQuiet  HelpMode = "quiet"
	HelpListen HelpMode = "listen"
	HelpSpeak  HelpMode = "speak" // and listens
)

// Helper is a coordinator who listens or speaks in a room.
type Helper struct {
	schedule.Actor
	Mode HelpMode      // HelpListen or HelpSpeak
	To   schedule.Role // a whisper's; empty: to everybody. Rows alone have it
	ToMe bool          // it is heard by the reader; never in a Row
}
