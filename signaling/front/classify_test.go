package front

import (
	"encoding/binary"
	"testing"
)

// stun is the beginning of a STUN message with a body of the given length.
func stun(typ, length uint16) []byte {
	b := make([]byte, stunHeader+int(length))
	binary.BigEndian.PutUint16(b, typ)
	binary.BigEndian.PutUint16(b[2:], length)
	binary.BigEndian.PutUint32(b[4:], magicCookie)
	copy(b[8:], "transaction!")
	return b
}

// framed is a message in a frame of RFC 4571.
func framed(b []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...)
}

func firstBytes() map[string]struct {
	bytes []byte
	is    kind
} {
	lying := framed(stun(0x0001, 8))
	lying[1]++
	return map[string]struct {
		bytes []byte
		is    kind
	}{
		"nothing":                  {nil, unsorted},
		"TLS":                      {[]byte("\x16\x03\x01\x02\x00\x01"), encrypted},
		"TLS, its first byte":      {[]byte{0x16}, encrypted},
		"0x16 and no version":      {[]byte{0x16, 0x47}, unknown},
		"GET":                      {[]byte("GET / HTTP/1.1\r\n"), hypertext},
		"a part of GET":            {[]byte("GE"), unsorted},
		"GET without a space":      {[]byte("GET"), unsorted},
		"OPTIONS":                  {[]byte("OPTIONS * "), hypertext},
		"HTTP/2 without TLS":       {[]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), hypertext},
		"a method nobody has":      {[]byte("BREW /pot "), unknown},
		"lower case":               {[]byte("get / HTTP/1.1"), unknown},
		"SSH":                      {[]byte("SSH-2.0-OpenSSH_9.2"), unknown},
		"SMTP":                     {[]byte("EHLO example.com"), unknown},
		"SOCKS 5":                  {[]byte{5, 1, 0, 0, 0, 0, 0, 0, 0, 0}, unknown},
		"RDP":                      {[]byte("\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01"), unknown},
		"allocate":                 {stun(0x0003, 8), relaying},
		"binding, bare":            {stun(0x0001, 0), relaying},
		"half a header":            {stun(0x0003, 8)[:7], unsorted},
		"a length not in words":    {stun(0x0003, 7), unknown},
		"a message of 64 kB":       {[]byte("\x00\x03\xff\xfc\x21\x12\xa4\x42"), unknown},
		"binding in a frame":       {framed(stun(0x0001, 80)), streaming},
		"the smallest frame":       {framed(stun(0x0001, 0)), streaming},
		"a frame cut off":          {framed(stun(0x0001, 80))[:9], unsorted},
		"a frame that lies":        {lying, unknown},
		"a frame of no message":    {[]byte("\x00\x14abcdefghijklmnopqrst"), unknown},
		"a frame of nothing":       {[]byte("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), unknown},
		"a frame without a cookie": {framed(make([]byte, 28)), unknown},
		"DTLS":                     {[]byte("\x16\xfe\xfd\x00\x00"), unknown},
		"channel data first":       {[]byte("\x40\x00\x00\x04abcd"), unknown},
		"RTP":                      {[]byte("\x80\x60\x00\x01"), unknown},
	}
}

func TestClassify_FirstBytesTellWhatAConnectionIs(t *testing.T) {
	for name, c := range firstBytes() {
		if got := classify(c.bytes); got != c.is {
			t.Errorf("%s: kind %d, want %d", name, got, c.is)
		}
	}
}

// More bytes never take a verdict back, and ten are enough for any: otherwise how
// a network cuts a stream would decide what it is.
func FuzzClassify(f *testing.F) {
	for _, c := range firstBytes() {
		f.Add(c.bytes)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		verdict := unsorted
		for n := range len(b) + 1 {
			k := classify(b[:n])
			if verdict == unsorted {
				verdict = k
			}
			// A bare first byte of TLS is taken at its word before the version is seen.
			if verdict == encrypted && k == unknown && n == 2 {
				verdict = unknown
			}
			if k != verdict {
				t.Fatalf("%x is %d after %d bytes, and was %d", b, k, n, verdict)
			}
			if n >= longest && k == unsorted {
				t.Fatalf("%x is not told by %d bytes", b, n)
			}
		}
	})
}

func headers() map[string]struct {
	bytes string
	from  string // empty: none
	fails bool
} {
	return map[string]struct {
		bytes string
		from  string
		fails bool
	}{
		"1, IPv4":           {"PROXY TCP4 203.0.113.7 192.0.2.1 50000 443\r\n", "203.0.113.7:50000", false},
		"1, IPv6":           {"PROXY TCP6 2001:db8::7 2001:db8::1 50000 443\r\n", "[2001:db8::7]:50000", false},
		"1, unknown":        {"PROXY UNKNOWN\r\n", "", false},
		"1, other family":   {"PROXY TCP4 2001:db8::7 192.0.2.1 50000 443\r\n", "", true},
		"1, no number":      {"PROXY TCP4 203.0.113.7 192.0.2.1 http 443\r\n", "", true},
		"1, no end":         {"PROXY " + string(make([]byte, 200)), "", true},
		"2, IPv4":           {proxyV2 + "\x21\x11\x00\x0c\xcb\x00\x71\x07\xc0\x00\x02\x01\xc3\x50\x01\xbb", "203.0.113.7:50000", false},
		"2, IPv6":           {proxyV2 + "\x21\x21\x00\x24\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x07\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\xc3\x50\x01\xbb", "[2001:db8::7]:50000", false},
		"2, itself":         {proxyV2 + "\x20\x00\x00\x00", "", false},
		"2, something more": {proxyV2 + "\x21\x11\x00\x0f\xcb\x00\x71\x07\xc0\x00\x02\x01\xc3\x50\x01\xbb\x04\x00\x00", "203.0.113.7:50000", false},
		"2, too short":      {proxyV2 + "\x21\x11\x00\x04\xcb\x00\x71\x07", "", true},
		"2, too long":       {proxyV2 + "\x21\x11\xff\xff", "", true},
		"3":                 {proxyV2 + "\x31\x11\x00\x00", "", true},
		"2, UDP":            {proxyV2 + "\x21\x12\x00\x0c\xcb\x00\x71\x07\xc0\x00\x02\x01\xc3\x50\x01\xbb", "", true},
	}
}

func TestProxy_HeadersTellForWhomAConnectionIs(t *testing.T) {
	for name, c := range headers() {
		from, n, err := parseProxy([]byte(c.bytes + "more"))
		if (err != nil) != c.fails {
			t.Errorf("%s: error %v", name, err)
			continue
		}
		if c.fails {
			continue
		}
		if n != len(c.bytes) {
			t.Errorf("%s: %d bytes of %d were taken", name, n, len(c.bytes))
		}
		told := ""
		if from.IsValid() {
			told = from.String()
		}
		if told != c.from {
			t.Errorf("%s: from %q, want %q", name, told, c.from)
		}
	}
}

func FuzzProxy(f *testing.F) {
	for _, c := range headers() {
		f.Add([]byte(c.bytes))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		_, whole, err := parseProxy(b)
		for n := range len(b) {
			_, taken, early := parseProxy(b[:n])
			if early == nil && taken > n {
				t.Fatalf("%q: %d bytes were taken of %d", b[:n], taken, n)
			}
			if taken > 0 && taken != whole {
				t.Fatalf("%q: %d bytes after %d, %d after all", b, taken, n, whole)
			}
			if n >= proxyV2Longest && early == nil && taken == 0 {
				t.Fatalf("%q is not decided by %d bytes", b, n)
			}
			if early != nil && err == nil {
				t.Fatalf("%q: %v after %d bytes, none after all", b, early, n)
			}
		}
	})
}
