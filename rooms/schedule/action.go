package schedule

// Action is what a member of staff did, as an EntryStaff tells it. The set is
// closed. Verdicts, contacts, papers and erasures have kinds of their own.
type Action string

const (
	ActionSignIn       Action = "sign_in" // the first five are in the ledger of House
	ActionSignInFailed Action = "sign_in_failed"
	ActionSignOut      Action = "sign_out"
	ActionAccount      Action = "account"       // an account was made or changed; then its id and what
	ActionSessionEnded Action = "session_ended" // of another account's session
	ActionListen       Action = "listen"
	ActionSpeak        Action = "speak"   // to the whole room
	ActionWhisper      Action = "whisper" // to one side; Seat says which
	ActionQuiet        Action = "quiet"   // neither listens nor speaks any more
	ActionWrite        Action = "write"   // a note; then to whom
	ActionMute         Action = "mute"    // Seat; then the source
	ActionRemove       Action = "remove"
	ActionAdmit        Action = "admit"
	ActionEnd          Action = "end"
	ActionExtend       Action = "extend"
	ActionDevice       Action = "device"   // Seat; then which and what
	ActionDiagnose     Action = "diagnose" // Seat
	ActionCare         Action = "care"     // takes care of a room
	ActionUncare       Action = "uncare"
	ActionHandOver     Action = "hand_over" // of all rooms, then to whom
	ActionEdit         Action = "edit"      // of the timetable; then the operation and the revision
	ActionLink         Action = "link"      // then what and the link's id
	ActionMail         Action = "mail"
	ActionReport       Action = "report" // something of the record was read out; then which
	ActionKey          Action = "key"    // an API key; then what and its id
	ActionHook         Action = "hook"   // a webhook; then what and its id
	ActionProfile      Action = "profile"
)

// Actions lists all of them.
func Actions() []Action {
	return []Action{
		ActionSignIn, ActionSignInFailed, ActionSignOut, ActionAccount, ActionSessionEnded,
		ActionListen, ActionSpeak, ActionWhisper, ActionQuiet, ActionWrite, ActionMute, ActionRemove, ActionAdmit,
		ActionEnd, ActionExtend, ActionDevice, ActionDiagnose, ActionCare, ActionUncare, ActionHandOver,
		ActionEdit, ActionLink, ActionMail, ActionReport, ActionKey, ActionHook, ActionProfile,
	}
}
