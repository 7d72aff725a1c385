// Package truth measures what people see and hear in the media themselves: film and
// sound that say who sends them and when, and readers at the far end.
//
// Sources writes the two files that Chromium takes for camera and microphone. Script
// is the reader in the page; its Record is a value, and Measure joins the records of
// two pages, whose clocks are the same machine's, to Figures. Pion peers read Stamps
// instead (see Watch). Statistics of the browser alone were rejected as truth: they
// count what a decoder was given, not whose picture it was nor when it was taken.
package truth

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Loop is after what time film and sound say the same again. No path is as long.
const Loop = 10 * time.Second

const (
	filmRate   = 15 // frames a second
	filmFrames = int(Loop/time.Second) * filmRate
	soundRate  = 48000
)

// MaxSender is the highest number that a sender can have; the lowest is 1.
const MaxSender = 9

// Script is the reader in the page. It has to run before anything of the page's own
// does: it wraps getUserMedia and RTCPeerConnection and leaves window.__truth, whose
// report() gives a promise of a Record.
//
//go:embed reader.js
var Script string

// Files are what a Chromium takes for camera and microphone.
type Files struct{ Film, Sound string }

// Flags are Chromium's.
func (f Files) Flags() []string {
	return []string{
		"--use-fake-ui-for-media-stream",
		"--use-fake-device-for-media-stream",
		"--use-file-for-fake-video-capture=" + f.Film,
		"--use-file-for-fake-audio-capture=" + f.Sound,
		"--autoplay-policy=no-user-gesture-required",
	}
}

// Sources writes a sender's film and sound into dir, unless they are there already.
// They are the caller's to remove.
func Sources(dir string, sender int) (Files, error) {
	if sender < 1 || sender > MaxSender {
		return Files{}, fmt.Errorf("truth: no sender %d", sender)
	}
	files := Files{
		Film:  filepath.Join(dir, fmt.Sprintf("truth-1-%d.y4m", sender)),
		Sound: filepath.Join(dir, fmt.Sprintf("truth-1-%d.wav", sender)),
	}
	if err := kept(files.Film, func(f *os.File) error { return writeFilm(f, sender) }); err != nil {
		return Files{}, fmt.Errorf("truth: film: %w", err)
	}
	if err := kept(files.Sound, func(f *os.File) error { return writeSound(f, sender) }); err != nil {
		return Files{}, fmt.Errorf("truth: sound: %w", err)
	}
	return files, nil
}

// kept makes a file unless there is one. Whoever looks sees a whole file or none.
func kept(path string, write func(*os.File) error) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), "truth-*.part")
	if err != nil {
		return err
	}
	err = write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
