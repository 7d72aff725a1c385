package sfu

import (
	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"
)

// relayed lets a client of Pion's send from a relayed address, as a TURN server
// would for it.
func (h *house) relayed(network string) func(*webrtc.SettingEngine) {
	h.t.Helper()
	conn, err := h.e.OpenRelay(network)
	if err != nil {
		h.t.Fatal(err)
	}
	mux := ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: conn})
	h.t.Cleanup(func() { _ = mux.Close() })
	return func(s *webrtc.SettingEngine) { s.SetICEUDPMux(mux) }
}
