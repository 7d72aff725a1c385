// Package picture makes VP8 frames (RFC 6386) that any browser decodes: a plain
// colour with a number on it, so that whoever looks at a page can tell whose
// picture it shows.
//
// A Picture is a value; its frames are made anew at each call and owned by the
// caller. Every macroblock is flat, which leaves of the codec little more than its
// arithmetic. Recordings were rejected: one for each of forty people, in three
// layers, that nobody can review.
package picture

// Picture is what a camera sees.
type Picture struct {
	Number  int   // 0 to 99
	Y, U, V uint8 // colour of the ground; the number is lighter or darker
	// Scale is how many macroblocks of 16 pixels a dot of the number has: 1, 2 or
	// 4 for 160×90, 320×180 and 640×360.
	Scale int
	// Code, when it names a sender, stands above the number.
	Code Code
}

// Size is the picture's, in pixels.
func (p Picture) Size() (width, height int) { return 160 * p.Scale, 90 * p.Scale }

// blocks is the size in macroblocks; the last row may be cut off.
func (p Picture) blocks() (columns, rows int) {
	w, h := p.Size()
	return (w + 15) / 16, (h + 15) / 16
}

// contrast is how much the number's luma differs from the ground's.
const contrast = 90

// luma of one macroblock.
func (p Picture) luma(column, row int) int {
	y := int(p.Y)
	x, down := column/p.Scale, row/p.Scale
	if p.Code.Sender > 0 {
		if down < CodeRows {
			if p.Code.Dots()[down*CodeColumns+x] {
				return codeLight
			}
			return codeDark
		}
		down -= CodeRows
	}
	if !dot(p.Number, x-1, down) {
		return y
	}
	if y >= 128 {
		return y - contrast
	}
	return y + contrast
}

// dot tells whether a number of two digits, each three dots wide and five high,
// has one at a place.
func dot(number, x, y int) bool {
	digit := number / 10 % 10
	if x >= 4 {
		digit, x = number%10, x-4
	}
	if x < 0 || x >= 3 || y < 0 || y >= 5 {
		return false
	}
	// Rows from the top, the left dot first.
	shapes := [10]string{
		"111101101101111", "010110010010111", "111001111100111", "111001111001111", "101101111001001",
		"111100111001111", "111100111101111", "111001010010010", "111101111101111", "111101111001111",
	}
	return shapes[digit][3*y+x] == '1'
}
