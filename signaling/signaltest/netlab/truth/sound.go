package truth

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"time"
)

// Three tones sound at all times, each in a band of its own below 4 kHz, where no
// speech codec is deaf: a glide that goes once through its band each second, who
// sends, and the second within the loop. Any 20 ms of it tell the time to a few
// milliseconds, without what came before. The glide lies lowest: Opus below 32 kbit/s
// smears a tone that moves above 2 kHz. reader.js has the same numbers.
const (
	glideFrom, glideTo     = 400.0, 1600.0 // Hz, in one second
	senderTone, senderStep = 1850.0, 60.0  // Hz
	secondTone, secondStep = 2600.0, 60.0  // Hz
)

// writeSound writes an endless sound of Loop as WAV, mono, 16 bits.
func writeSound(w io.Writer, sender int) error {
	samples := int(Loop/time.Second) * soundRate
	var out bytes.Buffer
	out.Grow(44 + 2*samples)
	size := uint32(2 * samples)
	for _, field := range []any{
		[]byte("RIFF"), 36 + size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1),
		uint32(soundRate), uint32(2 * soundRate), uint16(2), uint16(16), []byte("data"), size,
	} {
		if err := binary.Write(&out, binary.LittleEndian, field); err != nil {
			return err
		}
	}
	var who, glide, second float64 // phases
	for i := range samples {
		within := float64(i%soundRate) / soundRate
		who += senderTone + senderStep*float64(sender)
		glide += glideFrom + (glideTo-glideFrom)*within
		second += secondTone + secondStep*float64(i/soundRate)
		v := 0.0
		for _, tone := range [...]struct{ phase, loudness float64 }{{glide, 0.3}, {who, 0.2}, {second, 0.15}} {
			v += tone.loudness * math.Sin(2*math.Pi*tone.phase/soundRate)
		}
		out.Write(binary.LittleEndian.AppendUint16(out.AvailableBuffer(), uint16(int16(v*math.MaxInt16))))
	}
	_, err := w.Write(out.Bytes())
	return err
}
