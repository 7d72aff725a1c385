package picture

const (
	// What every token is coded with, in all contexts that we use. Saying so in
	// the header costs 200 bytes a keyframe and spares the tables of defaults.
	evens = 128

	luma2  = 1 // block types (section 13.3): the second order of luma
	chroma = 2

	skipProbability  = 200 // that a macroblock carries nothing is the rule
	interProbability = 1
	lastProbability  = 255
)

// Keyframe returns a frame that shows the picture.
func (p Picture) Keyframe() []byte {
	head, tokens := newCoder(), newCoder()
	head.literal(0, 1) // color space
	head.literal(0, 1) // clamping is required
	plainHeader(head)
	head.literal(0, 1) // refresh_entropy_probs: only for this frame
	updateTokens(head, true)
	head.literal(1, 1) // mb_no_coeff_skip
	head.literal(256-skipProbability, 8)
	p.macroblocks(head, tokens)
	w, h := p.Size()
	return assemble(head, tokens, true, w, h)
}

// Delta returns a frame that shows what the one before did.
func (p Picture) Delta() []byte {
	head := newCoder()
	plainHeader(head)
	head.literal(0, 1) // the golden and
	head.literal(0, 1) // the alternate frame stay as they are,
	head.literal(0, 2) // neither is copied
	head.literal(0, 2)
	head.literal(0, 2) // nor mirrored
	head.literal(1, 1) // refresh_entropy_probs
	head.literal(1, 1) // refresh_last
	updateTokens(head, false)
	head.literal(1, 1) // mb_no_coeff_skip
	head.literal(256-skipProbability, 8)
	head.literal(interProbability, 8)
	head.literal(lastProbability, 8)
	head.literal(128, 8) // of the golden frame
	head.literal(0, 2)   // no other probabilities of intra modes
	for _, q := range vectorUpdates() {
		head.put(false, q)
	}
	columns, rows := p.blocks()
	for row := range rows {
		for column := range columns {
			head.put(true, 256-skipProbability)
			head.put(true, interProbability)
			head.put(false, lastProbability)
			head.put(false, zeroProbability(column, row))
		}
	}
	return assemble(head, newCoder(), false, 0, 0)
}

// zeroProbability is that of a macroblock that did not move, whose neighbours did
// not, either (section 18.3: by how many of them there are).
func zeroProbability(column, row int) uint8 {
	switch {
	case column > 0 && row > 0:
		return 234
	case column > 0 || row > 0:
		return 135
	}
	return 7
}

// plainHeader: no segments, no loop filter, one partition, the finest quantizer.
func plainHeader(c *coder) {
	c.literal(0, 1)     // segmentation
	c.literal(0, 1+6+3) // filter type, level, sharpness
	c.literal(0, 1)     // loop_filter_adj_enable
	c.literal(0, 2)     // partitions
	c.literal(0, 7)     // y_ac_qi
	c.literal(0, 5)     // no deltas to it
}

// updateTokens makes all probabilities even that macroblocks use.
func updateTokens(c *coder, even bool) {
	updates := updateProbabilities()
	for kind := range 4 {
		for band := range 8 {
			for context := range 3 {
				row := updates[[3]int{kind, band, context}]
				for token := range 11 {
					p := uint8(255)
					if token < len(row) {
						p = row[token]
					}
					update := even && used(kind, band, token)
					if c.put(update, p); update {
						c.literal(evens, 8)
					}
				}
			}
		}
	}
}

// used: the first coefficient of the second order and of chroma, then their end;
// of luma, which begins with its second coefficient, the end alone.
func used(kind, band, token int) bool {
	switch {
	case kind == luma2 || kind == chroma:
		return band == 0 || band == 1 && token == 0
	case kind == 0:
		return band == 1 && token == 0
	}
	return false
}

// macroblocks writes the modes to head and what differs from the prediction to
// tokens.
func (p Picture) macroblocks(head, tokens *coder) {
	columns, rows := p.blocks()
	above := make([]int, columns) // luma of the row before
	for row := range rows {
		left := 0
		for column := range columns {
			y := p.luma(column, row)
			dy := y - predicted(above[column], left, column, row)
			var du, dv int
			if column == 0 && row == 0 { // all others take over the colour of these
				du, dv = int(p.U)-128, int(p.V)-128
			}
			empty := dy == 0 && du == 0 && dv == 0
			head.put(empty, 256-skipProbability)
			head.put(true, 145) // luma and
			head.put(false, 156)
			head.put(false, 163)
			head.put(false, 142) // chroma are the mean of their neighbours
			if !empty {
				coefficient(tokens, 8*dy) // of the finest quantizer, eighths
				for range 16 {
					coefficient(tokens, 0)
				}
				for range 4 {
					coefficient(tokens, 2*du)
				}
				for range 4 {
					coefficient(tokens, 2*dv)
				}
			}
			above[column], left = y, y
		}
	}
}

// predicted is what DC_PRED makes of flat neighbours (section 12.2).
func predicted(above, left, column, row int) int {
	switch {
	case row > 0 && column > 0:
		return (above + left + 1) / 2
	case row > 0:
		return above
	case column > 0:
		return left
	}
	return 128
}

// coefficient writes a block that has one coefficient, or none (section 13.2).
func coefficient(c *coder, v int) {
	if v == 0 {
		c.put(false, evens) // end of block
		return
	}
	c.put(true, evens) // not its end
	c.put(true, evens) // not zero
	switch n := max(v, -v); {
	case n == 1:
		c.put(false, evens)
	case n <= 4:
		c.path("10")
		c.put(n > 2, evens)
		if n > 2 {
			c.put(n > 3, evens)
		}
	case n <= 6:
		c.path("1100")
		c.extra(n-5, 159)
	case n <= 10:
		c.path("1101")
		c.extra(n-7, 165, 145)
	case n <= 18:
		c.path("11100")
		c.extra(n-11, 173, 148, 140)
	case n <= 34:
		c.path("11101")
		c.extra(n-19, 176, 155, 140, 135)
	case n <= 66:
		c.path("11110")
		c.extra(n-35, 180, 157, 141, 134, 130)
	default:
		c.path("11111")
		c.extra(n-67, 254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129)
	}
	c.put(v < 0, 128)
	c.put(false, evens) // end of block
}

// path takes branches of the token tree.
func (c *coder) path(bits string) {
	for _, b := range bits {
		c.put(b == '1', evens)
	}
}

// extra writes the bits that follow a token's category.
func (c *coder) extra(v int, probabilities ...uint8) {
	for i, p := range probabilities {
		c.put(v>>(len(probabilities)-1-i)&1 != 0, p)
	}
}

// assemble puts the frame's tag in front (section 9.1).
func assemble(head, tokens *coder, key bool, width, height int) []byte {
	first := head.bytes()
	tag := uint32(len(first))<<5 | 1<<4 // shown
	if !key {
		tag |= 1
	}
	out := []byte{byte(tag), byte(tag >> 8), byte(tag >> 16)}
	if key {
		out = append(out, 0x9d, 0x01, 0x2a, byte(width), byte(width>>8), byte(height), byte(height>>8))
	}
	return append(append(out, first...), tokens.bytes()...)
}
