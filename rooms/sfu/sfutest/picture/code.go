package picture

// Code is what a frame says about itself at its upper edge, for readers that see
// the picture alone: two rows of ten dots, light or dark. A dot is as large as one of
// the number's: 16 pixels at 160×90, 64 at 640×360. It covers whole macroblocks in
// every layer, so that no quantizer blurs it.
type Code struct {
	Sender int // 1 to 15
	Frame  int // 0 to 255
}

// The two rows in the order in which they are read. The first dot is light and the
// second dark: a reader takes what lies halfway between them for its threshold.
const (
	CodeColumns = 10
	CodeRows    = 2

	codeLight, codeDark = 220, 30
)

// Dots tells which are light.
func (c Code) Dots() (dots [CodeRows * CodeColumns]bool) {
	dots[0] = true
	at := 2
	for _, field := range [...]struct{ value, bits int }{{c.Frame, 8}, {c.Sender, 4}, {c.check(), 6}} {
		for bit := field.bits - 1; bit >= 0; bit-- {
			dots[at] = field.value>>bit&1 == 1
			at++
		}
	}
	return dots
}

// check differs for any two codes of which one dot differs.
func (c Code) check() int { return (c.Frame*29 + c.Sender*47 + 21) % 61 }
