package wire

import (
	"fmt"

	"github.com/pion/webrtc/v4"
)

// Header extensions that the media plane reads or writes.
const (
	ExtMid         = "urn:ietf:params:rtp-hdrext:sdes:mid"
	ExtRid         = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
	ExtRepairedRid = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
	ExtTransport   = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
	ExtAudioLevel  = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
	ExtCaptureTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time"
	ExtDependency  = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"
)

// pictures are the codecs that pass here, the preferred one first, with the
// parameters that tell one format of a codec from another. Of H.264 that is the
// constrained baseline profile, as Chromium and as Safari name it, in packetization
// mode 1. Payload types stand for the offer's.
func pictures() []picture {
	return []picture{
		{webrtc.MimeTypeVP8, "", 96},
		{webrtc.MimeTypeVP9, "profile-id=0", 98},
		{webrtc.MimeTypeAV1, "", 45},
		{webrtc.MimeTypeH264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", 108},
		{webrtc.MimeTypeH264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f", 102},
	}
}

type picture struct {
	mime       string
	parameters string
	pt         webrtc.PayloadType
}

// mediaEngine knows Opus, the codecs of pictures and what repairs them, and nothing
// else: whatever a browser offers beside them, the answer has these. Each peer has
// its own, since Pion keeps what an offer settled in it.
func mediaEngine() (*webrtc.MediaEngine, error) {
	m := &webrtc.MediaEngine{}
	video := []webrtc.RTCPFeedback{
		{Type: "nack"}, {Type: "nack", Parameter: "pli"}, {Type: "ccm", Parameter: "fir"}, {Type: "transport-cc"},
	}
	err := m.RegisterCodec(webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2,
			SDPFmtpLine: "minptime=10;useinbandfec=1", RTCPFeedback: []webrtc.RTCPFeedback{{Type: "transport-cc"}},
		}, PayloadType: 111,
	}, webrtc.RTPCodecTypeAudio)
	if err != nil {
		return nil, fmt.Errorf("wire: codec: %w", err)
	}
	for _, c := range pictures() {
		for _, p := range []webrtc.RTPCodecParameters{
			{RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: c.mime, ClockRate: 90000, SDPFmtpLine: c.parameters, RTCPFeedback: video,
			}, PayloadType: c.pt},
			{RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: fmt.Sprintf("apt=%d", c.pt),
			}, PayloadType: c.pt + 1},
		} {
			if err := m.RegisterCodec(p, webrtc.RTPCodecTypeVideo); err != nil {
				return nil, fmt.Errorf("wire: codec: %w", err)
			}
		}
	}
	// What only publishers stamp is never bound to a slot.
	receive := []webrtc.RTPTransceiverDirection{webrtc.RTPTransceiverDirectionRecvonly}
	both := append(receive, webrtc.RTPTransceiverDirectionSendonly)
	extensions := []struct {
		uri   string
		kinds []webrtc.RTPCodecType
		dirs  []webrtc.RTPTransceiverDirection
	}{
		{ExtMid, []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo}, receive},
		{ExtTransport, []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo}, both},
		{ExtRid, []webrtc.RTPCodecType{webrtc.RTPCodecTypeVideo}, receive},
		{ExtRepairedRid, []webrtc.RTPCodecType{webrtc.RTPCodecTypeVideo}, receive},
		{ExtAudioLevel, []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio}, both},
		{ExtDependency, []webrtc.RTPCodecType{webrtc.RTPCodecTypeVideo}, both},
		{ExtCaptureTime, []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo}, both},
	}
	for _, e := range extensions {
		for _, k := range e.kinds {
			err := m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: e.uri}, k, e.dirs...)
			if err != nil {
				return nil, fmt.Errorf("wire: header extension: %w", err)
			}
		}
	}
	return m, nil
}

func mimeOf(k Kind) string {
	if k == Audio {
		return webrtc.MimeTypeOpus
	}
	return webrtc.MimeTypeVP8
}

func rtxOf(codecs []webrtc.RTPCodecParameters, apt webrtc.PayloadType) (webrtc.PayloadType, bool) {
	for _, c := range codecs {
		if c.MimeType == webrtc.MimeTypeRTX && c.SDPFmtpLine == fmt.Sprintf("apt=%d", apt) {
			return c.PayloadType, true
		}
	}
	return 0, false
}
