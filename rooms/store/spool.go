package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"

	"sangdam/rooms/schedule"
)

const (
	segmentBytes = 1 << 20          // a segment grows no further than this
	settleAfter  = 10 * time.Second // Redis's AOF may lose its last seconds; entries stay so long after it has them
)

// spool is the ledger's place on disk: entries wait here until Redis has had
// them for settleAfter.
//
// It is a folder of segments, files that are only appended to and fsynced with
// each batch, numbered in the order they were written. Line 1 of a segment
// names its writer, each further line is one entry with its number. Every line
// is its CRC-32 (IEEE, 8 hex digits), a space, and JSON; so a line torn by a
// crash is known and dropped: nobody was promised it was safe. Segments are
// removed whole.
//
// One goroutine writes and another reads; positions count entries from the
// start of the process, those found on disk included.
type spool struct {
	// Fixed after open.
	dir    string
	lock   *os.File // holds the flock
	log    *slog.Logger
	writer string // of this process's segments

	// Owned by the writing goroutine.
	active *os.File // nil: the next batch begins a segment
	seq    int64    // last number given

	mu       sync.Mutex
	segments []*segment
	written  int64 // entries on disk so far, removed ones included
	cursor   int64 // entries taken by Redis so far
	number   int   // of the last segment
}

// segment is one file. Its fields are guarded by the spool's mu.
type segment struct {
	path    string
	writer  string
	first   int64     // position before its first entry
	offsets []int64   // where each entry's line starts
	size    int64     // bytes that are whole and synced
	sealed  bool      // nothing is appended any more
	held    bool      // a batch is being written: must not be trimmed
	doneAt  time.Time // since when Redis has all of it; zero: it has not
}

func (g *segment) end() int64 { return g.first + int64(len(g.offsets)) }

type spoolHeader struct {
	Version int    `json:"spool"`
	Writer  string `json:"writer"`
}

// spooled is one entry with the place it has in its writer's sequence.
type spooled struct {
	Seq    int64          `json:"seq"`
	Entry  schedule.Entry `json:"entry"`            // with its words
	Erases []string       `json:"erases,omitempty"` // ids of entries whose words it takes away
	writer string
	pos    int64 // position after it
}

func openSpool(dir string, log *slog.Logger) (*spool, error) {
	dir = filepath.Join(dir, SpoolDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := syncDir(filepath.Dir(dir)); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("%w: %s", ErrSpoolInUse, dir)
	}
	s := &spool{dir: dir, lock: lock, log: log, writer: uuid.NewString()}
	paths, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		_ = lock.Close()
		return nil, err
	}
	slices.Sort(paths) // numbers have a fixed width
	for _, p := range paths {
		if err := s.adopt(p); err != nil {
			_ = lock.Close()
			return nil, err
		}
	}
	if s.written > 0 {
		log.Info("ledger entries of an earlier process are in the spool", "entries", s.written)
	}
	return s, nil
}

// adopt reads a segment that an earlier process left.
func (s *spool) adopt(path string) error {
	if _, err := fmt.Sscanf(filepath.Base(path), "%d.jsonl", &s.number); err != nil {
		return fmt.Errorf("unknown file in the spool: %s", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	g := &segment{path: path, first: s.written, sealed: true}
	var at int64
	for len(b) > 0 {
		line, rest, _ := bytes.Cut(b, []byte{'\n'})
		var err error
		if g.writer == "" {
			var h spoolHeader
			if err = decodeLine(line, &h); err == nil {
				g.writer = h.Writer
			}
		} else {
			var x spooled
			if err = decodeLine(line, &x); err == nil {
				g.offsets = append(g.offsets, at)
			}
		}
		switch {
		case err != nil && len(bytes.TrimRight(rest, "\x00")) == 0:
			s.log.Warn("last line of a spool segment was torn by a crash and is dropped", "file", filepath.Base(path))
			rest = nil
		case err != nil:
			// Not torn but damaged. What follows is still worth having.
			s.log.Error("damaged line in a spool segment", "file", filepath.Base(path), "offset", at, "err", err)
			if g.writer == "" {
				return fmt.Errorf("spool segment %s has no readable header: move it away to start without it", path)
			}
		}
		at += int64(len(line)) + 1
		b = rest
	}
	g.size = at
	if len(g.offsets) == 0 {
		return os.Remove(path)
	}
	s.written = g.end()
	s.segments = append(s.segments, g)
	return nil
}

// write puts a batch on disk; when it returns nil the batch survives a crash.
// A failed write leaves no trace, and may be tried again.
func (s *spool) write(batch []recorded) error {
	g, size, err := s.hold()
	if err != nil {
		return err
	}

	var buf []byte
	offsets := make([]int64, 0, len(batch))
	seq := s.seq
	for _, r := range batch {
		seq++
		offsets = append(offsets, size+int64(len(buf)))
		if buf, err = appendLine(buf, spooled{Seq: seq, Entry: r.entry, Erases: r.erases}); err != nil {
			break
		}
	}
	if err == nil {
		_, err = s.active.WriteAt(buf, size)
	}
	if err == nil {
		err = s.active.Sync()
	}
	if err != nil {
		// After a failed fsync the kernel may have dropped the pages and call
		// the file clean: only a new file can be trusted.
		err = errors.Join(err, s.active.Truncate(size), s.active.Close())
		s.active = nil
		s.mu.Lock()
		g.sealed, g.held = true, false
		s.mu.Unlock()
		return err
	}
	s.seq = seq

	s.mu.Lock()
	defer s.mu.Unlock()
	g.held = false
	g.offsets = append(g.offsets, offsets...)
	g.size += int64(len(buf))
	g.doneAt = time.Time{}
	s.written += int64(len(batch))
	return nil
}

// hold returns the segment to append to, and how long it is; one is begun when
// there is none. It cannot be trimmed until the batch is written.
func (s *spool) hold() (*segment, int64, error) {
	s.mu.Lock()
	if n := len(s.segments); s.active != nil && n > 0 && !s.segments[n-1].sealed && s.segments[n-1].size < segmentBytes {
		g := s.segments[n-1]
		g.held = true
		s.mu.Unlock()
		return g, g.size, nil // size is changed by this goroutine alone
	} else if s.active != nil {
		if n > 0 {
			s.segments[n-1].sealed = true
		}
		_ = s.active.Close() // synced with its last batch
		s.active = nil
	}
	number := s.number + 1
	s.mu.Unlock()
	header, err := appendLine(nil, spoolHeader{1, s.writer})
	if err != nil {
		return nil, 0, err
	}
	path := filepath.Join(s.dir, fmt.Sprintf("%012d.jsonl", number))
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, 0, err
	}
	_, err = f.Write(header)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = syncDir(s.dir)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close(), os.Remove(path))
	}
	s.active = f
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number = number
	g := &segment{path: path, writer: s.writer, first: s.written, size: int64(len(header)), held: true}
	s.segments = append(s.segments, g)
	return g, g.size, nil
}

// next reads up to n entries after the cursor, all of one writer.
func (s *spool) next(n int) ([]spooled, error) {
	s.mu.Lock()
	var path, writer string
	var from, to, pos int64
	for _, g := range s.segments {
		if g.end() <= s.cursor {
			continue
		}
		i := int(s.cursor - g.first)
		path, writer, pos, from, to = g.path, g.writer, s.cursor, g.offsets[i], g.size
		if i+n < len(g.offsets) {
			to = g.offsets[i+n]
		}
		break
	}
	s.mu.Unlock()
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.NewSectionReader(f, from, to-from))
	_ = f.Close() // read only
	if err != nil {
		return nil, err
	}
	var out []spooled
	for line := range bytes.Lines(b) {
		var x spooled
		if err := decodeLine(bytes.TrimSuffix(line, []byte{'\n'}), &x); err != nil {
			continue // not among the offsets: torn or damaged, told of when it was adopted
		}
		pos++
		x.writer, x.pos = writer, pos
		out = append(out, x)
	}
	return out, nil
}

// taken moves the cursor: Redis has every entry up to pos.
func (s *spool) taken(pos int64, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cursor = max(s.cursor, pos)
	for _, g := range s.segments {
		if g.end() <= s.cursor && g.doneAt.IsZero() {
			g.doneAt = now
		}
	}
}

// rewind offers again everything that is still on disk.
func (s *spool) rewind() (entries int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.segments) == 0 {
		return 0
	}
	first := s.segments[0].first
	entries = s.cursor - first
	s.cursor = min(s.cursor, first)
	for _, g := range s.segments {
		g.doneAt = time.Time{}
	}
	return entries
}

// trim removes segments that Redis has had since before the time given. Only
// the oldest go: what stays must be a whole tail of the record.
func (s *spool) trim(before time.Time) error {
	s.mu.Lock()
	var gone []string
	for len(s.segments) > 0 {
		g := s.segments[0]
		if g.held || len(g.offsets) == 0 && !g.sealed || g.doneAt.IsZero() || g.doneAt.After(before) {
			break
		}
		g.sealed = true
		gone = append(gone, g.path)
		s.segments = s.segments[1:]
	}
	s.mu.Unlock()
	var errs []error
	for _, p := range gone {
		errs = append(errs, os.Remove(p))
	}
	return errors.Join(errs...)
}

// unsettled tells whether anything is still on disk.
func (s *spool) unsettled() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.segments) > 0 && s.segments[0].first < s.cursor
}

// progress tells how many entries are on disk and how many Redis has taken.
func (s *spool) progress() (written, taken int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.written, s.cursor
}

func (s *spool) close() error {
	var err error
	if s.active != nil {
		err = s.active.Close()
		s.active = nil
	}
	return errors.Join(err, s.lock.Close())
}

func appendLine(b []byte, v any) ([]byte, error) {
	j, err := json.Marshal(v)
	if err != nil {
		return b, err
	}
	b = fmt.Appendf(b, "%08x ", crc32.ChecksumIEEE(j))
	b = append(b, j...)
	return append(b, '\n'), nil
}

func decodeLine(line []byte, v any) error {
	sum, j, ok := strings.Cut(string(line), " ")
	if !ok || sum != fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(j))) {
		return errors.New("checksum does not fit")
	}
	return json.Unmarshal([]byte(j), v)
}

// syncDir makes a new file's name survive a crash.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	return errors.Join(err, d.Close())
}
