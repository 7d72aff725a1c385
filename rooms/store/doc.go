// Package store keeps in Redis what must outlive a process: timetable, links,
// tokens, presence, leases, room states, chat, and the ledger.
//
// The Store owns the Redis client, the keeper goroutine (this node's life and
// the reaper) and the ledger's spool with its two goroutines; Close ends and
// awaits them all. Everything but the ledger mirrors memory and may be lost
// without harm to a running room. The ledger may lose nothing, so its entries
// are on disk before they are on their way. The keeper also signs the heads of
// ledgers, with a key of the data folder.
//
// Rejected: remembering recent entry ids in Redis to make replay idempotent.
// A spool can come back after any outage, so a window of ids is either too
// short or has no bound. Instead each process start is a writer with its own
// sequence, and Redis keeps one number a writer: an entry is new exactly when
// its number is higher.
package store
