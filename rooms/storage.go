package rooms

import "time"

// Storage is how the record is kept just now.
type Storage struct {
	AwaySince time.Time // the Store cannot be reached since; zero: it can
	Waiting   int64     // ledger entries on disk that are to be replayed
	Affected  int       // consultations that could not be opened or steered because of it; counted here
	DiskFull  bool      // the spool cannot be written
	Trial     bool      // all of it ends with the process
}
