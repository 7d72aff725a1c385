// Package attendance reads the ledger: it proves that the chain is whole and
// derives who sat where, and for how long.
//
// It owns the canonical encoding of an entry and every rule that turns entries
// into minutes and verdicts; it holds no state and does no I/O beyond the
// readers it is given. Storing attendance as it happens (a row a person, updated
// on leave) was rejected: that is how a late rejoin overwrites a report and how
// a missed leave loses an hour. Here the record only grows, and what it means
// is computed anew each time.
package attendance
