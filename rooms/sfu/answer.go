package sfu

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"sangdam/rooms/sfu/rtpx"
	"sangdam/rooms/sfu/wire"
)

// opusFormat is the same in every audio section: browsers take a payload type
// that means different things in one bundle for a collision. Pion copies the
// offer's, so that usedtx would never get there.
const opusFormat = "minptime=10;useinbandfec=1;usedtx=1"

// uplink is what the answer settled for a section that the browser sends on.
type uplink struct {
	pt      uint8   // of sound
	red     uint8   // zero without redundancy
	formats formats // of pictures
	clock   uint32

	extMid, extRid, extRepaired, extTransport, extLevel, extCapture, extDependency uint8 // zero: not negotiated
}

// carries tells whether a payload type is one of media, and not of repair.
func (up uplink) carries(pt uint8) bool {
	if up.formats != nil {
		return up.formats.codec(pt) != rtpx.NoCodec
	}
	return pt == up.pt || up.red != 0 && pt == up.red
}

// mungeAnswer settles what Pion leaves to chance and reads what was agreed.
func mungeAnswer(raw string, sections []section) (string, []uplink, error) {
	var desc sdp.SessionDescription
	if err := desc.UnmarshalString(raw); err != nil {
		return "", nil, fmt.Errorf("sfu: answer: %w", err)
	}
	if len(desc.MediaDescriptions) != len(sections) {
		return "", nil, fmt.Errorf("sfu: answer has %d sections, offer %d", len(desc.MediaDescriptions), len(sections))
	}
	ups := make([]uplink, len(sections))
	parameters := make(map[string]string) // of each payload type of a picture
	for i, m := range desc.MediaDescriptions {
		if m.MediaName.Port.Value == 0 {
			// One rejected section is one person nobody would see.
			return "", nil, badOffer("section %d: nothing in common", i)
		}
		s := sections[i]
		codecs := readCodecs(m)
		if s.kind == wire.Audio {
			setOpusFormat(m, codecs)
			ups[i].red = answerRed(m, s, codecs)
		} else {
			preferVP8(m, codecs)
			sameParameters(m, parameters)
			ups[i].formats = readFormats(m, codecs)
			dropDependency(m, ups[i].formats)
		}
		if s.slot >= 0 {
			ups[i].readExtensions(m)
			// Pion answers every extension it knows, whoever would stamp it.
			// Firefox takes a mid that is negotiated and not stamped badly.
			m.Attributes = slices.DeleteFunc(m.Attributes, func(a sdp.Attribute) bool {
				return a.Key == "extmap" && !strings.HasSuffix(a.Value, " "+wire.ExtAudioLevel) &&
					!strings.HasSuffix(a.Value, " "+wire.ExtTransport) && !strings.HasSuffix(a.Value, " "+wire.ExtCaptureTime) &&
					!strings.HasSuffix(a.Value, " "+wire.ExtDependency)
			})
			continue
		}
		up, err := readUplink(m, s, codecs)
		if err != nil {
			return "", nil, badOffer("section %d: %s", i, err)
		}
		up.red, up.formats = ups[i].red, ups[i].formats
		ups[i] = up
	}
	out, err := desc.Marshal()
	if err != nil {
		return "", nil, fmt.Errorf("sfu: answer: %w", err)
	}
	return string(out), ups, nil
}

// readCodecs maps payload types to lower-case "name/clock".
func readCodecs(m *sdp.MediaDescription) map[string]string {
	codecs := make(map[string]string)
	for _, a := range m.Attributes {
		if a.Key == "rtpmap" {
			pt, codec, _ := strings.Cut(a.Value, " ")
			codecs[pt] = strings.ToLower(codec)
		}
	}
	return codecs
}

func setOpusFormat(m *sdp.MediaDescription, codecs map[string]string) {
	for _, pt := range m.MediaName.Formats {
		if !strings.HasPrefix(codecs[pt], "opus/") {
			continue
		}
		m.Attributes = slices.DeleteFunc(m.Attributes, func(a sdp.Attribute) bool {
			return a.Key == "fmtp" && strings.HasPrefix(a.Value, pt+" ")
		})
		after := 1 + slices.IndexFunc(m.Attributes, func(a sdp.Attribute) bool {
			return a.Key == "rtpmap" && strings.HasPrefix(a.Value, pt+" ")
		})
		m.Attributes = slices.Insert(m.Attributes, after, sdp.NewAttribute("fmtp", pt+" "+opusFormat))
	}
}

func readUplink(m *sdp.MediaDescription, s section, codecs map[string]string) (uplink, error) {
	up := uplink{clock: 48000}
	if s.kind == wire.Video {
		up.clock = 90000
		if len(readFormats(m, codecs)) == 0 {
			return up, errors.New("no codec of pictures")
		}
	} else {
		for _, pt := range m.MediaName.Formats {
			if strings.HasPrefix(codecs[pt], "opus/") {
				n, err := strconv.ParseUint(pt, 10, 7)
				if err != nil {
					return up, fmt.Errorf("payload type: %w", err)
				}
				up.pt = uint8(n)
				break
			}
		}
		if up.pt == 0 {
			return up, errors.New("no opus")
		}
	}
	up.readExtensions(m)
	return up, nil
}

// dropDependency takes the dependency descriptor out of a section without AV1: the
// other codecs tell their layers themselves, and it costs bytes in each packet.
func dropDependency(m *sdp.MediaDescription, fs formats) {
	if fs.byCodec()[rtpx.AV1].pt != 0 {
		return
	}
	m.Attributes = slices.DeleteFunc(m.Attributes, func(a sdp.Attribute) bool {
		return a.Key == "extmap" && strings.HasSuffix(a.Value, " "+wire.ExtDependency)
	})
}

func (up *uplink) readExtensions(m *sdp.MediaDescription) {
	for _, a := range m.Attributes {
		if a.Key == "extmap" {
			up.readExtension(a.Value)
		}
	}
}

func (up *uplink) readExtension(v string) {
	id, uri, _ := strings.Cut(v, " ")
	id, _, _ = strings.Cut(id, "/") // a direction may follow the id
	uri, _, _ = strings.Cut(uri, " ")
	n, err := strconv.ParseUint(id, 10, 8)
	if err != nil {
		return
	}
	switch uri {
	case wire.ExtMid:
		up.extMid = uint8(n)
	case wire.ExtRid:
		up.extRid = uint8(n)
	case wire.ExtRepairedRid:
		up.extRepaired = uint8(n)
	case wire.ExtTransport:
		up.extTransport = uint8(n)
	case wire.ExtAudioLevel:
		up.extLevel = uint8(n)
	case wire.ExtCaptureTime:
		up.extCapture = uint8(n)
	case wire.ExtDependency:
		up.extDependency = uint8(n)
	}
}
