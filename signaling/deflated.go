package signaling

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"

	"sangdam/signaling/api"
	"sangdam/signaling/protocol"
)

// deflated lets the offer of a restart come deflated, and its answer go so (R57).
// SDP is 28 kB of much the same, and a connection that has just been opened carries
// 14 kB a round trip (RFC 6928): each way that is one round trip of silence more.
func deflated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/restart") {
			next.ServeHTTP(w, r)
			return
		}
		if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
			z, err := gzip.NewReader(r.Body)
			if err != nil {
				api.WriteProblem(w, &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "not gzip"})
				return
			}
			// What it inflates to is bounded by whoever reads it, as any other body.
			r.Body = inflated{z, r.Body}
			r.ContentLength = -1
			r.Header.Del("Content-Encoding")
		}
		w.Header().Add("Vary", "Accept-Encoding")
		if !takesGzip(r.Header.Get("Accept-Encoding")) {
			next.ServeHTTP(w, r)
			return
		}
		z := gzip.NewWriter(w)
		w.Header().Set("Content-Encoding", "gzip")
		next.ServeHTTP(deflating{w, z}, r)
		_ = z.Close() // who does not read to the end is gone
	})
}

// inflated reads by one reader and closes another.
type inflated struct {
	io.Reader
	io.Closer
}

// deflating is a ResponseWriter whose body is deflated.
type deflating struct {
	http.ResponseWriter
	z *gzip.Writer
}

func (d deflating) Write(b []byte) (int, error) { return d.z.Write(b) }
