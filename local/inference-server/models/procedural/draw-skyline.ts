import { hsl, mix, type Colour } from './palette.ts';
import { px, type Canvas } from './draw-sky.ts';

const ROWS = 4;
const QUAY = 0.86;

/** Rows of buildings with lit windows, hazier with distance, above water that mirrors their lights. */
export function drawSkyline(canvas: Canvas): string {
  const rows = Array.from({ length: ROWS }, (_unused, row) => drawRow(canvas, row));
  return rows.join('') + drawWater(canvas);
}

function drawRow(canvas: Canvas, row: number): string {
  const { width, height, random, palette } = canvas;
  const depth = row / (ROWS - 1);
  const colour = mix(palette.far, palette.near, depth);
  const parts: string[] = [];
  for (let x = -width * random.between(0, 0.05); x < width;) {
    const wide = width * random.between(0.03, 0.075) * (0.75 + depth * 0.5);
    const tall = height * random.between(0.2, 0.58 - 0.24 * depth) * (row === 0 ? 1.05 : 1);
    parts.push(drawBuilding(canvas, { x, wide, tall, colour, depth }));
    x += wide + width * random.between(-0.004, 0.012);
  }
  return parts.join('');
}

function drawBuilding(
  { height, random, palette }: Canvas,
  building: { x: number; wide: number; tall: number; colour: Colour; depth: number },
): string {
  const { x, wide, tall, colour, depth } = building;
  const top = height * QUAY - tall;
  const tone = { ...colour, lightness: colour.lightness + random.between(-4, 4) };
  const shade = { ...tone, lightness: tone.lightness - 4 };
  const roof = random.number();
  const parts = [
    `<rect x="${px(x)}" y="${px(top)}" width="${px(wide)}" height="${px(tall)}" fill="${hsl(tone)}"/>`,
    `<rect x="${px(x + wide * 0.7)}" y="${px(top)}" width="${px(wide * 0.3)}" height="${px(tall)}" fill="${hsl(shade)}"/>`,
  ];
  if (roof < 0.25) {
    parts.push(
      `<path d="M${px(x)},${px(top)}l${px(wide / 2)},${px(-wide * 0.5)}l${px(wide / 2)},${px(wide * 0.5)}Z" fill="${hsl(shade)}"/>`,
    );
  } else if (roof < 0.55) {
    parts.push(
      `<path d="M${px(x + wide / 2)},${px(top)}v${px(-height * random.between(0.02, 0.07))}" stroke="${hsl(shade)}" stroke-width="2"/>`,
    );
  }
  const cell = Math.max(5, height * (0.011 + 0.007 * depth));
  for (let windowY = top + cell; windowY < height * QUAY - cell; windowY += cell * 1.5) {
    for (let windowX = x + cell * 0.6; windowX < x + wide - cell; windowX += cell * 1.2) {
      const lit = random.number() < 0.42;
      const fill = lit ? (random.number() < 0.5 ? palette.accent : palette.light) : hsl(shade);
      parts.push(
        `<rect x="${px(windowX)}" y="${px(windowY)}" width="${px(cell * 0.6)}" height="${px(cell * 0.8)}" fill="${fill}" opacity="${lit ? (0.45 + 0.5 * depth).toFixed(2) : '0.6'}"/>`,
      );
    }
  }
  return parts.join('');
}

function drawWater({ width, height, random, palette }: Canvas): string {
  const top = height * QUAY;
  const deep = { ...palette.near, lightness: 17 };
  const ripples = Array.from({ length: 1100 }, () => {
    const y = top + (height - top) * random.number() ** 0.8;
    const near = (y - top) / (height - top);
    const long = random.between(4, 16 + 40 * near);
    const lit = random.number();
    const fill =
      lit < 0.3
        ? palette.accent
        : lit < 0.45
          ? palette.light
          : hsl({ ...deep, lightness: 17 + random.between(-8, 16) });
    return `<rect x="${px(width * random.number() - long / 2)}" y="${px(y)}" width="${px(long)}" height="${px(0.8 + 1.6 * near)}" fill="${fill}" opacity="${random.between(0.25, 0.8).toFixed(2)}"/>`;
  });
  return `<rect y="${px(top)}" width="${width}" height="${px(height - top)}" fill="${hsl(deep)}"/>${ripples.join('')}`;
}
