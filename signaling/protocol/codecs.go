package protocol

// TypeCodecs is the server's: Codecs. Like layers it bears no number.
const TypeCodecs = "codecs"

// Codecs says in which codec the pictures of a source should be sent, so that all
// who see them can decode them.
type Codecs struct {
	Source string `json:"source" set:"SourceName"`
	Codec  string `json:"codec" set:"VideoCodec"`
}
