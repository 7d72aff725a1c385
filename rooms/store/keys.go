package store

import "sangdam/rooms/schedule"

// Every key of an installation. {EVENT} and {NODE} are written with their
// braces, so that all keys of one event lie in one slot of a cluster and a
// script may touch them together. Links and tokens are looked up before their
// event is known, so each is a key of its own.
//
//	key                              type    lifetime          holds
//	sangdam:events                   set     for good          ids of all events
//	sangdam:{EVENT}:event            string  the event's       timetable, JSON schedule.Event
//	sangdam:{EVENT}:revision         string  the event's       how often the timetable was written
//	sangdam:{EVENT}:edits            stream  the event's       last 5000 or so changes, field e: JSON schedule.EditRecord
//	sangdam:{EVENT}:readiness        hash    the event's       LINK to JSON schedule.Readiness, of its last test
//	sangdam:{EVENT}:paths            hash    the event's       LINK to JSON schedule.LinkPath, of what media came through by
//	sangdam:{EVENT}:consent          hash    the event's       LINK to JSON schedule.Consent
//	sangdam:{EVENT}:links            set     the event's       ids of its links
//	sangdam:link:ID                  hash    the event's       link: JSON schedule.Link as it was made; used, sent, revoked:
//	                                                           Unix ms; version and hash: of its present secret
//	sangdam:token:SHA256             string  the token's TTL   JSON schedule.Grants
//	sangdam:{EVENT}:presence         hash    while present     "SEAT SESSION" to JSON schedule.Presence
//	sangdam:{EVENT}:lease:CONS       string  the lease's TTL   "INCARNATION NODE"
//	sangdam:{EVENT}:rooms            hash    the event's       CONS to JSON schedule.RoomState
//	sangdam:{EVENT}:chat:CONS        stream  the event's       last 500 or so messages, field m: JSON
//	sangdam:{EVENT}:chat:CONS:ids    zset    the event's       ids of the last 1000 messages, by number
//	sangdam:{EVENT}:notes            stream  the event's       last 1000 or so notes, field n: JSON schedule.Note
//	sangdam:{EVENT}:quality          hash    the event's       "SEAT SESSION FROM-MS" to JSON schedule.SeatQuality
//	sangdam:{EVENT}:ledger           stream  the event's       every entry, field e: JSON schedule.Entry
//	sangdam:{EVENT}:chain            hash    the event's       head: hash of the last entry; length;
//	                                                           w:WRITER: last sequence number taken from it
//	sangdam:{EVENT}:words            hash    until erased      ENTRY to JSON {salt, text}: what was written with it
//	sangdam:{EVENT}:heads            stream  the event's       signed heads, field h: JSON schedule.Head
//	sangdam:ledger:keys              hash    for good          KEY to PEM: public keys of nodes that signed heads
//	sangdam:redis:run                string  for good          the run of Redis that has written its append-only file anew
//	sangdam:{EVENT}:hooks            hash    the event's       HOOK to JSON schedule.Hook
//	sangdam:{EVENT}:hook:cursors     hash    the event's       HOOK to the stream id of the ledger's entry it was asked about last
//	sangdam:{EVENT}:hook:deliveries  hash    the webhook's     id to JSON schedule.Delivery
//	sangdam:{EVENT}:hook:due         zset    while they wait   ids of deliveries, by the next try
//	sangdam:{EVENT}:hook:log:HOOK    zset    the webhook's     ids of its last 5000 deliveries, by time
//	sangdam:{house}:accounts         hash    for good          ACCOUNT to JSON schedule.Account; all of {house} in one slot
//	sangdam:{house}:logins           hash    for good          login to ACCOUNT
//	sangdam:{house}:subjects         hash    for good          issuer and subject of OpenID Connect to ACCOUNT
//	sangdam:{house}:sessions         hash    till signed out   SESSION to JSON keptSession, with the hash of its cookie's secret
//	sangdam:{house}:seen             hash    the session's     SESSION to Unix ms of its last use
//	sangdam:{EVENT}:keys             set     the event's       ids of its API keys
//	sangdam:key:ID                   hash    the event's       key: JSON schedule.APIKey; seen, revoked: Unix ms
//	sangdam:node:{NODE}:incarnation  string  for good          how often the node was started
//	sangdam:node:{NODE}:alive        string  15 s, refreshed   the incarnation that is alive
const (
	keyEvents     = "sangdam:events"
	keyLedgerKeys = "sangdam:ledger:keys"
	keyRedisRun   = "sangdam:redis:run"
)

// Who works here. No event is called house, so that no key meets another.
const (
	keyAccounts      = "sangdam:{house}:accounts"
	keyLogins        = "sangdam:{house}:logins"
	keySubjects      = "sangdam:{house}:subjects"
	keyStaffSessions = "sangdam:{house}:sessions"
	keyStaffSeen     = "sangdam:{house}:seen"
)

func keyAPIKeys(e schedule.EventID) string { return "sangdam:{" + string(e) + "}:keys" }
func keyAPIKey(id string) string           { return "sangdam:key:" + id }

func keyEvent(e schedule.EventID) string     { return "sangdam:{" + string(e) + "}:event" }
func keyLinks(e schedule.EventID) string     { return "sangdam:{" + string(e) + "}:links" }
func keyLink(id schedule.LinkID) string      { return "sangdam:link:" + string(id) }
func keyToken(sha256hex string) string       { return "sangdam:token:" + sha256hex }
func keyPresence(e schedule.EventID) string  { return "sangdam:{" + string(e) + "}:presence" }
func keyRooms(e schedule.EventID) string     { return "sangdam:{" + string(e) + "}:rooms" }
func keyRevision(e schedule.EventID) string  { return "sangdam:{" + string(e) + "}:revision" }
func keyEdits(e schedule.EventID) string     { return "sangdam:{" + string(e) + "}:edits" }
func keyReadiness(e schedule.EventID) string { return "sangdam:{" + string(e) + "}:readiness" }
func keyPaths(e schedule.EventID) string     { return "sangdam:{" + string(e) + "}:paths" }
func keyConsent(e schedule.EventID) string   { return "sangdam:{" + string(e) + "}:consent" }
func keyQuality(e schedule.EventID) string   { return "sangdam:{" + string(e) + "}:quality" }
func keyNotes(e schedule.EventID) string     { return "sangdam:{" + string(e) + "}:notes" }
func keyLedger(e schedule.EventID) string    { return "sangdam:{" + string(e) + "}:ledger" }
func keyWords(e schedule.EventID) string     { return "sangdam:{" + string(e) + "}:words" }
func keyHeads(e schedule.EventID) string     { return "sangdam:{" + string(e) + "}:heads" }
func keyChain(e schedule.EventID) string     { return "sangdam:{" + string(e) + "}:chain" }

func keyHooks(e schedule.EventID) string       { return "sangdam:{" + string(e) + "}:hooks" }
func keyHookCursors(e schedule.EventID) string { return "sangdam:{" + string(e) + "}:hook:cursors" }
func keyDeliveries(e schedule.EventID) string  { return "sangdam:{" + string(e) + "}:hook:deliveries" }
func keyHookDue(e schedule.EventID) string     { return "sangdam:{" + string(e) + "}:hook:due" }

func keyHookLog(e schedule.EventID, hook string) string {
	return "sangdam:{" + string(e) + "}:hook:log:" + hook
}

func keyLease(e schedule.EventID, c schedule.ConsultationID) string {
	return "sangdam:{" + string(e) + "}:lease:" + string(c)
}

func keyChat(e schedule.EventID, c schedule.ConsultationID) string {
	return "sangdam:{" + string(e) + "}:chat:" + string(c)
}

func keyChatIDs(e schedule.EventID, c schedule.ConsultationID) string {
	return keyChat(e, c) + ":ids"
}

func keyIncarnation(node string) string { return "sangdam:node:{" + node + "}:incarnation" }
func keyAlive(node string) string       { return "sangdam:node:{" + node + "}:alive" }

// presenceField names one person's presence. The session belongs into the
// name: when a seat moves to another device, the old interval needs its own
// end even if the node that should write it dies at that moment.
func presenceField(seat schedule.SeatID, session string) string {
	return string(seat) + " " + session
}
