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
)

// mediaEngine knows Opus and VP8 and nothing else: whatever a browser offers
// beside them, the answer has these. Each peer has its own, since Pion keeps
// what an offer settled in it.
func mediaEngine() (*webrtc.MediaEngine, error) {
	m := &webrtc.MediaEngine{}
	video := []webrtc.RTCPFeedback{
		{Type: "nack"}, {Type: "nack", Parameter: "pli"}, {Type: "ccm", Parameter: "fir"}, {Type: "transport-cc"},
	}
	codecs := []struct {
		kind webrtc.RTPCodecType
		p    webrtc.RTPCodecParameters
	}{
		{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2,
				SDPFmtpLine: "minptime=10;useinbandfec=1", RTCPFeedback: []webrtc.RTCPFeedback{{Type: "transport-cc"}},
			}, PayloadType: 111,
		}},
		{webrtc.RTPCodecTypeVideo, webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: video,
			}, PayloadType: 96,
		}},
		{webrtc.RTPCodecTypeVideo, webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=96",
			}, PayloadType: 97,
		}},
	}
	for _, c := range codecs {
		if err := m.RegisterCodec(c.p, c.kind); err != nil {
			return nil, fmt.Errorf("wire: codec: %w", err)
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
