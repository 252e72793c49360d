import { hsl, mix } from './palette.ts';
import { px, type Canvas } from './draw-sky.ts';
import { createRidge } from './ridge.ts';

const HORIZON = 0.56;

/** A bay: two coasts in the haze, rippled water with the light on it, and sailing boats. */
export function drawHarbour(canvas: Canvas): string {
  return drawCoasts(canvas) + drawWater(canvas) + drawBoats(canvas);
}

function drawCoasts({ width, height, random, palette }: Canvas): string {
  return [0, 0.35]
    .map((depth) => {
      const colour = mix(palette.far, palette.near, depth);
      const ridge = createRidge(random, {
        base: height * (HORIZON - 0.09 + 0.05 * depth),
        amplitude: height * 0.09,
        roughness: 0.5,
        width,
      });
      const crest = Array.from({ length: Math.ceil(width / 4) + 1 }, (_unused, step) => {
        const y = Math.min(ridge(step * 4), height * HORIZON);
        return `L${px(step * 4)},${px(y)}`;
      });
      const houses = Array.from({ length: 90 }, () => {
        const [x, size] = [width * random.number(), random.between(2, 5)];
        const y = Math.min(ridge(x) + height * random.between(0.02, 0.1), height * HORIZON - 3);
        const fill = random.number() < 0.5 ? palette.light : palette.accent;
        return `<rect x="${px(x)}" y="${px(y)}" width="${px(size)}" height="${px(size * 0.8)}" fill="${fill}" opacity="0.8"/>`;
      });
      return `<path d="M0,${px(height * HORIZON)}${crest.join('')}L${width},${px(height * HORIZON)}Z" fill="${hsl(colour)}"/>${houses.join('')}`;
    })
    .join('');
}

/** Ripples grow towards the viewer; most take the sky's colours, some those of the deep. */
function drawWater({ width, height, random, palette }: Canvas): string {
  const top = height * HORIZON;
  const base = mix(palette.far, palette.near, 0.62);
  const ripples = Array.from({ length: 2600 }, () => {
    const near = random.number() ** 1.5;
    const y = top + (height - top) * near;
    const long = 4 + random.between(10, 90) * near;
    const x = width * random.number();
    const tone = random.number();
    const stroke =
      tone < 0.16
        ? palette.accent
        : tone < 0.3
          ? palette.light
          : hsl({ ...base, lightness: base.lightness + random.between(-16, 18) });
    const swell = 0.6 + 5 * near;
    return `<path d="M${px(x)},${px(y)}q${px(long / 4)},${px(-swell)} ${px(long / 2)},0t${px(long / 2)},0" fill="none" stroke="${stroke}" stroke-width="${px(0.7 + 2.4 * near)}" opacity="${random.between(0.3, 0.8).toFixed(2)}"/>`;
  });
  return `<rect y="${px(top)}" width="${width}" height="${px(height - top)}" fill="${hsl(base)}"/>${ripples.join('')}`;
}

function drawBoats({ width, height, random, palette }: Canvas): string {
  const boats = Array.from({ length: 7 }, () => {
    const near = random.between(0.04, 0.62);
    const [x, y] = [width * random.between(0.04, 0.96), height * (HORIZON + (1 - HORIZON) * near)];
    const size = height * (0.03 + 0.2 * near);
    const hull = hsl({ ...palette.near, lightness: 12 });
    const sail = random.number() < 0.5 ? palette.light : palette.accent;
    const shadow = hsl({ ...palette.near, lightness: 20 });
    const art = [
      `<ellipse cx="${px(x)}" cy="${px(y + size * 0.12)}" rx="${px(size * 0.6)}" ry="${px(size * 0.05)}" fill="${shadow}" opacity="0.6"/>`,
      `<path d="M${px(x)},${px(y)}v${px(-size)}" stroke="${hull}" stroke-width="${px(1 + size * 0.02)}"/>`,
      `<path d="M${px(x + size * 0.03)},${px(y - size)}q${px(size * 0.42)},${px(size * 0.5)} ${px(size * 0.45)},${px(size * 0.92)}h${px(-size * 0.45)}Z" fill="${sail}"/>`,
      `<path d="M${px(x - size * 0.03)},${px(y - size * 0.85)}q${px(-size * 0.22)},${px(size * 0.4)} ${px(-size * 0.33)},${px(size * 0.77)}h${px(size * 0.33)}Z" fill="${palette.light}" opacity="0.92"/>`,
      `<path d="M${px(x - size * 0.5)},${px(y - size * 0.05)}h${px(size)}l${px(-size * 0.14)},${px(size * 0.16)}h${px(-size * 0.72)}Z" fill="${hull}"/>`,
    ];
    return { y, art: art.join('') };
  });
  return boats
    .sort((a, b) => a.y - b.y)
    .map(({ art }) => art)
    .join('');
}
