package sfutest

import "time"

// What other clients than ours send, who make their own packets: whole frames
// that say of themselves what a Client's do.

// VideoSample is a frame of VP8 that fits a packet.
func VideoSample(sender, frame uint32, keyframe bool) []byte {
	s := Stamp{Sender: sender, Source: 2, Keyframe: keyframe, Frame: frame, Captured: time.Now()}
	return vp8Payload(s, 0, 0, 0, sizeOf(0))[len(descriptor(true, 0, 0, 0)):]
}

// AudioSample is a frame of Opus of 20 ms.
func AudioSample(sender, frame uint32) []byte {
	return opusPayload(Stamp{Sender: sender, Source: 3, Frame: frame, Captured: time.Now()})
}

// ReadStamp finds what a frame says of itself, wherever in a payload it stands.
func ReadStamp(payload []byte) (Stamp, bool) {
	for i := range min(len(payload), 32) {
		if s, ok := parseStamp(payload[i:]); ok {
			return s, true
		}
	}
	return Stamp{}, false
}
