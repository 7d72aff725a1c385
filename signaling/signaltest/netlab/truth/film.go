package truth

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"

	"sangdam/rooms/sfu/sfutest/picture"
)

const (
	filmWidth, filmHeight = 640, 360

	dotSize      = filmWidth / picture.CodeColumns
	sceneTop     = picture.CodeRows * dotSize
	light, dark  = 220, 30
	scenery      = 4 // pictures of the same noise between which the scene changes
	scenePad     = filmWidth
	grainSize    = 8 // pixels
	panPerFrame  = 3
	grainContour = 70
)

// writeFilm writes an endless film of Loop as Y4M. Under the code pans a scene with
// grain that changes: a codec has to spend on it what a face and a room would cost,
// or else no narrow link would ever be felt.
func writeFilm(w io.Writer, sender int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	// Chromium reads size, rate and colour format; the others have to be there.
	_, err := fmt.Fprintf(out, "YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420\n", filmWidth, filmHeight, filmRate)
	if err != nil {
		return err
	}
	scenes := newScenes(uint64(sender))
	luma := make([]byte, filmWidth*filmHeight)
	colour := make([]byte, filmWidth*filmHeight/2)
	half := len(colour) / 2
	for i := range half {
		colour[i], colour[half+i] = byte(128+20*(sender%3-1)), byte(128+20*(sender/3-1))
	}
	for frame := range filmFrames {
		drawCode(luma, picture.Code{Sender: sender, Frame: frame})
		scene := scenes[frame/2%scenery]
		offset := frame * panPerFrame % scenePad
		for y := sceneTop; y < filmHeight; y++ {
			from := (y-sceneTop)*(filmWidth+scenePad) + offset
			copy(luma[y*filmWidth:(y+1)*filmWidth], scene[from:])
		}
		for _, part := range [][]byte{[]byte("FRAME\n"), luma, colour} {
			if _, err := out.Write(part); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

func drawCode(luma []byte, code picture.Code) {
	for i, on := range code.Dots() {
		shade := byte(dark)
		if on {
			shade = light
		}
		left, top := i%picture.CodeColumns*dotSize, i/picture.CodeColumns*dotSize
		for y := top; y < top+dotSize; y++ {
			row := luma[y*filmWidth+left:][:dotSize]
			for x := range row {
				row[x] = shade
			}
		}
	}
}

// newScenes makes pictures twice as wide as the film, so that it can pan over them.
// They share their large shapes and differ in half of the grain.
func newScenes(seed uint64) [scenery][]byte {
	const width, height = filmWidth + scenePad, filmHeight - sceneTop
	var scenes [scenery][]byte
	base := noise(rand.New(rand.NewPCG(seed, 1)), width, height, 6*grainSize)
	for i := range scenes {
		grain := noise(rand.New(rand.NewPCG(seed, uint64(2+i))), width, height, grainSize)
		scenes[i] = make([]byte, width*height)
		for p := range scenes[i] {
			scenes[i][p] = byte(128 + (base[p]*2+grain[p])*grainContour/128/3)
		}
	}
	return scenes
}

// noise is smooth between random points that lie `step` pixels apart: -128 to 127.
func noise(random *rand.Rand, width, height, step int) []int {
	columns := width/step + 2
	points := make([]int, columns*(height/step+2))
	for i := range points {
		points[i] = random.IntN(256) - 128
	}
	out := make([]int, width*height)
	for y := range height {
		row, dy := y/step*columns, y%step
		for x := range width {
			at, dx := row+x/step, x%step
			above := points[at]*(step-dx) + points[at+1]*dx
			below := points[at+columns]*(step-dx) + points[at+columns+1]*dx
			out[y*width+x] = (above*(step-dy) + below*dy) / (step * step)
		}
	}
	return out
}
