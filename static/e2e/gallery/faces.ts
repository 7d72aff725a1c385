/** Pictures for the gallery: a drawn person or a drawn document as a moving stream. */
const cloths = ['#7b8fb8', '#b07a6a', '#7fa08a', '#a590b5', '#c2a36b'];

function canvasOf(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('no canvas');
  return [canvas, pen];
}

function stream(canvas: HTMLCanvasElement, draw: () => void): MediaStream {
  draw();
  setInterval(draw, 200);
  return canvas.captureStream(5);
}

export function face(number: number, width = 1280, height = 720): MediaStream {
  const [canvas, pen] = canvasOf(width, height);
  const cloth = cloths[number % cloths.length] ?? '#888888';
  return stream(canvas, () => {
    const wall = pen.createLinearGradient(0, 0, width, height);
    wall.addColorStop(0, '#e4e1da');
    wall.addColorStop(1, '#a9aeb5');
    pen.fillStyle = wall;
    pen.fillRect(0, 0, width, height);
    for (let bolt = 0; bolt < 5; bolt++) {
      pen.fillStyle = cloths[(bolt + number) % cloths.length] ?? '#888888';
      pen.fillRect(width * (0.04 + bolt * 0.055), height * 0.2, width * 0.045, height * 0.5);
    }
    pen.fillStyle = cloth;
    pen.beginPath();
    pen.ellipse(width * 0.55, height * 1.05, width * 0.24, height * 0.42, 0, 0, 7);
    pen.fill();
    pen.fillStyle = ['#dcb394', '#8a5a3c', '#e8c7a9', '#b98160'][number % 4] ?? '#dcb394';
    pen.beginPath();
    pen.ellipse(width * 0.55, height * 0.42, height * 0.17, height * 0.22, 0, 0, 7);
    pen.fill();
    pen.fillStyle = '#2b2421';
    pen.beginPath();
    pen.ellipse(width * 0.55, height * 0.33, height * 0.185, height * 0.16, 0, Math.PI, 0);
    pen.fill();
  });
}

export function slide(): MediaStream {
  const [canvas, pen] = canvasOf(1600, 900);
  return stream(canvas, () => {
    pen.fillStyle = '#ffffff';
    pen.fillRect(0, 0, 1600, 900);
    pen.fillStyle = '#1d2f75';
    pen.font = '700 72px sans-serif';
    pen.fillText('Circular knits, winter', 110, 180);
    pen.fillStyle = '#495263';
    pen.font = '40px sans-serif';
    ['Single jersey 180 g', 'Rib 2×2 240 g', 'Interlock 220 g'].forEach((line, row) => {
      pen.fillText(line, 110, 320 + row * 80);
    });
    cloths.forEach((cloth, column) => {
      pen.fillStyle = cloth;
      pen.fillRect(820 + (column % 3) * 240, 280 + Math.floor(column / 3) * 260, 210, 230);
    });
  });
}
