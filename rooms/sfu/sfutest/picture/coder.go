package picture

// coder is the boolean entropy encoder (RFC 6386 section 7.3).
type coder struct {
	out    []byte
	span   uint32 // 128 to 255: what is left of the interval
	bottom uint32 // its lower end
	bits   int    // shifts until the next byte
}

func newCoder() *coder { return &coder{span: 255, bits: 24} }

// put writes one bit that is 0 with the probability p/256.
func (c *coder) put(bit bool, p uint8) {
	split := 1 + (c.span-1)*uint32(p)>>8
	if bit {
		c.bottom += split
		c.span -= split
	} else {
		c.span = split
	}
	for c.span < 128 {
		c.span <<= 1
		if c.bottom&(1<<31) != 0 {
			c.carry()
		}
		c.bottom <<= 1
		if c.bits--; c.bits == 0 {
			c.out = append(c.out, byte(c.bottom>>24))
			c.bottom &= 1<<24 - 1
			c.bits = 8
		}
	}
}

// carry adds one to what was written.
func (c *coder) carry() {
	for i := len(c.out) - 1; i >= 0; i-- {
		if c.out[i]++; c.out[i] != 0 {
			return
		}
	}
}

// literal writes the low n bits of v, the highest first.
func (c *coder) literal(v, n int) {
	for n--; n >= 0; n-- {
		c.put(v>>n&1 != 0, 128)
	}
}

// bytes ends the partition.
func (c *coder) bytes() []byte {
	shift, v := c.bits, c.bottom
	if v&(1<<(32-shift)) != 0 {
		c.carry()
	}
	v <<= shift & 7
	for shift >>= 3; shift > 0; shift-- {
		v <<= 8
	}
	for range 4 {
		c.out = append(c.out, byte(v>>24))
		v <<= 8
	}
	return c.out
}
