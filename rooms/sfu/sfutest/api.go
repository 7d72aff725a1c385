package sfutest

import (
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// api builds Pion with the codecs, header extensions and feedback of a browser
// and no more: Opus, VP8 and RTX.
func (c *Client) api() (*webrtc.API, error) {
	m := &webrtc.MediaEngine{}
	if err := m.RegisterCodec(webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2,
			SDPFmtpLine:  "minptime=10;useinbandfec=1",
			RTCPFeedback: []webrtc.RTCPFeedback{{Type: "transport-cc"}},
		}, PayloadType: 111,
	}, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, err
	}
	for _, p := range []webrtc.RTPCodecParameters{
		{RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeVP8, ClockRate: 90000,
			RTCPFeedback: []webrtc.RTCPFeedback{
				{Type: "goog-remb"},
				{Type: "transport-cc"},
				{Type: "ccm", Parameter: "fir"},
				{Type: "nack"},
				{Type: "nack", Parameter: "pli"},
			},
		}, PayloadType: 96},
		{RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=96",
		}, PayloadType: 97},
	} {
		if err := m.RegisterCodec(p, webrtc.RTPCodecTypeVideo); err != nil {
			return nil, err
		}
	}
	both := []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo}
	for uri, kinds := range map[string][]webrtc.RTPCodecType{
		sdp.SDESMidURI:               both,
		sdp.TransportCCURI:           both,
		sdp.ABSSendTimeURI:           both,
		sdp.AudioLevelURI:            both[:1],
		captureTimeURI:               both,
		sdp.SDESRTPStreamIDURI:       both[1:],
		sdp.SDESRepairRTPStreamIDURI: both[1:],
	} {
		for _, kind := range kinds {
			if err := m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, kind); err != nil {
				return nil, err
			}
		}
	}

	// The dropper stands next to the network: what it drops was never there
	// for the loss detection above it.
	registry := &interceptor.Registry{}
	registry.Add(c.drop)
	generator, err := nack.NewGeneratorInterceptor(nack.GeneratorInterval(20 * time.Millisecond))
	if err != nil {
		return nil, err
	}
	registry.Add(generator)
	receiverReports, err := report.NewReceiverInterceptor()
	if err != nil {
		return nil, err
	}
	registry.Add(receiverReports)
	feedback, err := twcc.NewSenderInterceptor(twcc.SendInterval(50 * time.Millisecond))
	if err != nil {
		return nil, err
	}
	registry.Add(feedback)
	stamp, err := twcc.NewHeaderExtensionInterceptor()
	if err != nil {
		return nil, err
	}
	registry.Add(stamp)

	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	s.SetICETimeouts(5*time.Second, 20*time.Second, time.Second)
	if c.opts.TCP {
		s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4})
	} else {
		s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	}
	if c.opts.RelayOnly {
		s.SetRelayAcceptanceMinWait(0) // no other way is waited for
	}
	if c.opts.Setting != nil {
		c.opts.Setting(&s)
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(s)), nil
}
