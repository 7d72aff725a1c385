package whip

import "strings"

// SDP as far as a restart of ICE touches it: what a client sends are fragments
// (RFC 8840), what the media plane takes are whole offers.

// value is the first of an attribute; empty when there is none.
func value(sdp, attribute string) string {
	for line := range strings.Lines(sdp) {
		if v, ok := strings.CutPrefix(line, "a="+attribute+":"); ok {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// credential tells whether an ICE user fragment or password is one (RFC 8839 5.4):
// it is written into an offer.
func credential(v string, least int) bool {
	return len(v) >= least && len(v) <= 256 && !strings.ContainsFunc(v, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '+' && c != '/'
	})
}

// withCredentials is an offer with other ICE credentials.
func withCredentials(offer, ufrag, pwd string) string {
	var b strings.Builder
	for line := range strings.Lines(offer) {
		switch {
		case strings.HasPrefix(line, "a=ice-ufrag:"):
			line = "a=ice-ufrag:" + ufrag + "\r\n"
		case strings.HasPrefix(line, "a=ice-pwd:"):
			line = "a=ice-pwd:" + pwd + "\r\n"
		}
		b.WriteString(line)
	}
	return b.String()
}

// fragmentOf is what a client must know of the answer to a restart: the
// credentials and candidates of the one transport.
func fragmentOf(answer string) string {
	b := []string{"a=ice-lite"}
	sections := 0
	for line := range strings.Lines(answer) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "m="):
			if sections++; sections == 1 {
				b = append(b, line, "a=mid:"+value(answer, "mid"),
					"a=ice-ufrag:"+value(answer, "ice-ufrag"), "a=ice-pwd:"+value(answer, "ice-pwd"))
			}
		case sections == 1 && strings.HasPrefix(line, "a=candidate:"):
			b = append(b, line)
		}
	}
	return strings.Join(append(b, "a=end-of-candidates"), "\r\n") + "\r\n"
}
