import type { Random } from '../random.ts';
import { hsl, mix, type Colour } from './palette.ts';
import { px, type Canvas } from './draw-sky.ts';
import { createRidge } from './ridge.ts';

const LAYERS = 7;

/** Ridge behind ridge, hazier with distance; firs stand on the near ones, and grass and flowers in front. */
export function drawHills(canvas: Canvas): string {
  return Array.from({ length: LAYERS }, (_unused, layer) => drawLayer(canvas, layer)).join('');
}

function drawLayer({ width, height, random, palette }: Canvas, layer: number): string {
  const depth = layer / (LAYERS - 1); // 0 is the horizon
  const colour = mix(palette.far, palette.near, depth ** 0.9);
  const ridge = createRidge(random, {
    base: height * (0.46 + 0.42 * depth),
    amplitude: height * (0.17 - 0.1 * depth),
    roughness: 0.55 - 0.25 * depth,
    width,
  });
  const crest = Array.from({ length: Math.ceil(width / 4) + 1 }, (_unused, step) => {
    const x = step * 4;
    return `L${px(x)},${px(ridge(x))}`;
  }).join('');
  const land = `<path d="M0,${height}${crest}L${width},${height}Z" fill="${hsl(colour)}"/>`;
  return (
    land +
    texture(random, { width, height, ridge, colour, depth }) +
    (depth > 0.3 ? firs(random, { width, height, ridge, colour, depth }) : '') +
    (layer === LAYERS - 1 ? meadow({ width, height, random, palette }, ridge) : '')
  );
}

interface Slope {
  readonly width: number;
  readonly height: number;
  readonly ridge: (x: number) => number;
  readonly colour: Colour;
  readonly depth: number;
}

/** Short strokes along the slope, a little lighter or darker than the ground. */
function texture(random: Random, { width, height, ridge, colour, depth }: Slope): string {
  const strokes = Array.from({ length: 420 }, () => {
    const x = width * random.number();
    const y = ridge(x) + height * 0.2 * random.number() ** 1.4 + 2;
    const length = random.between(3, 10 + 14 * depth);
    const fall = random.between(0.2, 0.8) * (random.number() < 0.5 ? -1 : 1);
    const tone = { ...colour, lightness: colour.lightness + random.between(-7, 9) };
    return `<path d="M${px(x)},${px(y)}l${px(length * fall)},${px(length * 0.5)}" stroke="${hsl(tone)}" stroke-width="${px(random.between(0.7, 2))}" opacity="0.7"/>`;
  });
  return strokes.join('');
}

function firs(random: Random, { width, height, ridge, colour, depth }: Slope): string {
  const count = Math.round(150 - 70 * depth);
  const trees = Array.from({ length: count }, () => {
    const x = width * random.number();
    const y = ridge(x) + height * 0.05 * random.number();
    const tall = height * (0.018 + 0.075 * depth ** 2) * random.between(0.6, 1.3);
    const tone = { ...colour, lightness: Math.max(4, colour.lightness - random.between(1, 8)) };
    const tiers = [0, 1, 2].map((tier) => {
      const [top, half] = [y - tall * (1 - tier * 0.24), tall * (0.11 + 0.07 * tier)];
      return `M${px(x)},${px(top)}l${px(half)},${px(tall * 0.42)}h${px(-2 * half)}Z`;
    });
    return { y, path: `<path d="${tiers.join('')}" fill="${hsl(tone)}"/>` };
  });
  return trees
    .sort((a, b) => a.y - b.y)
    .map(({ path }) => path)
    .join('');
}

function meadow({ width, height, random, palette }: Canvas, ridge: (x: number) => number): string {
  const blades = Array.from({ length: 1500 }, () => {
    const x = width * random.number();
    const from = Math.max(ridge(x), height * 0.84);
    const y = from + (height - from) * random.number() + 4;
    const tall = height * random.between(0.015, 0.045);
    const tone = { ...palette.near, lightness: palette.near.lightness + random.between(-5, 22) };
    return `<path d="M${px(x)},${px(y)}q${px(random.between(-3, 3))},${px(-tall / 2)} ${px(random.between(-7, 7))},${px(-tall)}" fill="none" stroke="${hsl(tone)}" stroke-width="1.3"/>`;
  });
  const flowers = Array.from({ length: 170 }, () => {
    const x = width * random.number();
    const y = height * random.between(0.9, 1);
    const fill = random.number() < 0.6 ? palette.accent : palette.light;
    return `<circle cx="${px(x)}" cy="${px(y)}" r="${px(random.between(1, 3.2))}" fill="${fill}"/>`;
  });
  return blades.join('') + flowers.join('');
}
