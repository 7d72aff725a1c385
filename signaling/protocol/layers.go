package protocol

// What flows and who is heard, as it is just now. These messages of the server
// bear no number: a newer one replaces the former, and what still counts is told
// again after a resume.
const (
	TypeLayers   = "layers"   // Layers
	TypeSpeakers = "speakers" // Speakers
)

// TypeTiles is a client's, in a room: Tiles [ok].
const TypeTiles = "tiles"

// Layers says which layers of a source somebody watches; the others need not be
// sent. Of a new PeerConnection all are.
type Layers struct {
	Source string   `json:"source" set:"SourceName"`
	Layers []string `json:"layers" set:"Layer"` // lowest first
}

// Speakers are the participants who speak just now.
type Speakers struct {
	Speakers []string `json:"speakers"`
}

// Tiles says how large the page shows its slots, all of them, and which one the
// person looks at more than at others. What it replaces is forgotten.
type Tiles struct {
	Sizes   []TileSize `json:"sizes"`
	Focused *int       `json:"focused,omitempty"`
}

// TileSize is one slot's. Height is that of the picture in pixels of the screen,
// rounded to 90, 180, 360 or 720.
type TileSize struct {
	Slot   int `json:"slot"`
	Height int `json:"height"`
}
