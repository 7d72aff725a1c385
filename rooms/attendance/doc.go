// Package attendance reads the ledger: it proves that the chain is whole and
// derives who sat where, and for how long.
//
// It owns the canonical encoding of an entry and every rule that turns entries
// into minutes and verdicts; it holds no state and does no I/O beyond the
// readers and the writer it is given. Storing attendance as it happens (a row a
// person, updated on leave) was rejected: that is how a late rejoin overwrites a
// report and how a missed leave loses an hour. Here the record only grows, and
// what it means is computed anew each time.
//
// # How to verify a ledger without this program
//
// A ledger is a list of JSON objects in the order in which they were appended:
// in Redis the field e of the stream sangdam:{EVENT}:ledger, in a pack the lines
// of ledger.jsonl. A field that is missing is the empty string. The names are
// those of schedule.Entry.
//
// A netstring is the number of bytes in decimal ASCII without leading zeros, a
// colon, the bytes, a comma: "sangdam" is 7:sangdam, and the empty string 0:,
// Strings are UTF-8 as they stand in the JSON after unescaping. Every hash is a
// SHA-256 over netstrings one after the other with nothing between them, written
// as 64 lower-case hex digits.
//
// The hash of an entry is that of thirteen netstrings:
//
//  1. the constant sangdam-ledger-2
//  2. prev: the hash of the entry before; empty for the first one of an event
//  3. id
//  4. at: UTC as YYYY-MM-DDTHH:MM:SS.mmmZ, exactly 24 bytes; the JSON may leave
//     out zeros at the end of the fraction, the netstring may not
//  5. event
//  6. kind
//  7. consultation
//  8. seat
//  9. session
//  10. node
//  11. detail
//  12. by
//  13. digest
//
// Each entry's prev is the hash of the one before it, and no id occurs twice.
//
// What somebody wrote is not in the chain but beside it, so that it can be
// erased: in Redis in the hash sangdam:{EVENT}:words, under the entry's id, as
// JSON with salt and text; in a pack in the entry's own fields salt and words. Where
// there are words, digest is the hash of three netstrings: the constant
// sangdam-words-1, salt, words. A digest without words was erased, or left out of
// a pack.
//
// A head says how long the ledger was at a moment, and what its last hash was.
// Its signature is Ed25519 (base64) over six netstrings: the constant
// sangdam-head-1, event, entries in decimal, hash, at as above, key. The key is
// named by the first 16 hex digits of the SHA-256 of its 32 bytes. Heads are the
// field h of the stream sangdam:{EVENT}:heads, and the lines of heads.jsonl in the
// data folder of the server and in a pack; ledger.pub there, and key.pub in a
// pack, are the public key in PEM; where several servers signed, key.pub has one
// after the other. A head fits when the entry of that number has
// that hash. The entry whose head does not fit was written anew, together with
// what else stands behind the last one that fits; when there are fewer entries
// than a head says, the end was cut off.
//
// A pack's record ends at a signed head. Its other files are vouched for by
// manifest.sig: a signature made in the same way over the netstrings of the constant
// sangdam-pack-1, event, manifest, key, where manifest is the SHA-256 of the file
// manifest.sha256, in hex.
//
// Whoever takes care of a fair should put a head aside now and then: what is
// signed by a key that somebody has stolen proves nothing from that day on.
package attendance
