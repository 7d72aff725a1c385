package sfu

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"sangdam/rooms/sfu/rtpx"
)

// format is how one codec of pictures travels on a section.
type format struct {
	codec rtpx.Codec
	pt    uint8
	rtx   uint8 // zero without retransmissions
}

// formats are those that an answer settled for a section, the preferred one first.
// Payload types are the browser's, and mean the same in all its sections.
type formats []format

// codec is what a payload type stands for.
func (fs formats) codec(pt uint8) rtpx.Codec {
	for i := range fs {
		if fs[i].pt == pt {
			return fs[i].codec
		}
	}
	return rtpx.NoCodec
}

// mended is the payload type of what a payload type repairs; zero: it repairs
// nothing.
func (fs formats) mended(rtx uint8) uint8 {
	for i := range fs {
		if fs[i].rtx == rtx && rtx != 0 {
			return fs[i].pt
		}
	}
	return 0
}

// byCodec gives for each codec the first format of it: browsers offer H.264 once a
// profile, and decode by any of them what we let pass.
func (fs formats) byCodec() (all [rtpx.Codecs]format) {
	for _, f := range fs {
		if all[f.codec].pt == 0 {
			all[f.codec] = f
		}
	}
	return all
}

// readFormats reads the codecs of a video section in its order.
func readFormats(m *sdp.MediaDescription, codecs map[string]string) formats {
	repairs := make(map[string]uint8) // payload type to that of its retransmissions
	for _, a := range m.Attributes {
		if a.Key != "fmtp" {
			continue
		}
		pt, parameters, _ := strings.Cut(a.Value, " ")
		apt, _, _ := strings.Cut(parameters, ";")
		if of, ok := strings.CutPrefix(apt, "apt="); ok && strings.HasPrefix(codecs[pt], "rtx/") {
			if n, err := strconv.ParseUint(pt, 10, 7); err == nil {
				repairs[of] = uint8(n)
			}
		}
	}
	var fs formats
	for _, pt := range m.MediaName.Formats {
		codec := rtpx.CodecOf(codecs[pt])
		n, err := strconv.ParseUint(pt, 10, 7)
		if codec == rtpx.NoCodec || err != nil || n == 0 {
			continue
		}
		fs = append(fs, format{codec: codec, pt: uint8(n), rtx: repairs[pt]})
	}
	return fs
}

// preferVP8 puts it first: a browser sends what the answer has there until it is
// asked for something else, and everybody decodes VP8.
func preferVP8(m *sdp.MediaDescription, codecs map[string]string) {
	first := func(pt string) bool {
		if codecs[pt] == "vp8/90000" {
			return true
		}
		return slices.ContainsFunc(m.Attributes, func(a sdp.Attribute) bool {
			of, ok := strings.CutPrefix(a.Value, pt+" apt=")
			return a.Key == "fmtp" && ok && codecs[of] == "vp8/90000"
		})
	}
	slices.SortStableFunc(m.MediaName.Formats, func(a, b string) int {
		switch fa, fb := first(a), first(b); {
		case fa == fb:
			return 0
		case fa:
			return -1
		}
		return 1
	})
}

// sameParameters gives a payload type the same parameters in all sections: of one
// bundle browsers take anything else for a collision. known grows.
func sameParameters(m *sdp.MediaDescription, known map[string]string) {
	for i, a := range m.Attributes {
		if a.Key != "fmtp" {
			continue
		}
		pt, parameters, _ := strings.Cut(a.Value, " ")
		if was, ok := known[pt]; ok {
			m.Attributes[i].Value = pt + " " + was
		} else {
			known[pt] = parameters
		}
	}
}
