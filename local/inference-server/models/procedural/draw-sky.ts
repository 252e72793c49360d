import type { Random } from '../random.ts';
import type { Palette } from './palette.ts';

export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly random: Random;
  readonly palette: Palette;
}

/** One decimal of a pixel is finer than anybody sees. */
export const px = (value: number): string => value.toFixed(1);

/** Gradient, stars, a sun with its glow, streaks of cloud and a few birds. */
export function drawSky({ width, height, random, palette }: Canvas): string {
  const sun = {
    x: width * random.between(0.18, 0.82),
    y: height * random.between(0.2, 0.46),
    r: height * random.between(0.06, 0.1),
  };
  return [
    '<defs>',
    `<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${palette.skyTop}"/>`,
    `<stop offset="0.75" stop-color="${palette.skyBottom}"/></linearGradient>`,
    `<radialGradient id="glow"><stop offset="0" stop-color="${palette.light}" stop-opacity="0.9"/>`,
    `<stop offset="1" stop-color="${palette.light}" stop-opacity="0"/></radialGradient></defs>`,
    `<rect width="${width}" height="${height}" fill="url(#sky)"/>`,
    stars(width, height, random),
    `<circle cx="${px(sun.x)}" cy="${px(sun.y)}" r="${px(sun.r * 4.5)}" fill="url(#glow)"/>`,
    `<circle cx="${px(sun.x)}" cy="${px(sun.y)}" r="${px(sun.r)}" fill="${palette.light}"/>`,
    clouds(width, height, random, palette),
    birds(width, height, random),
  ].join('');
}

function stars(width: number, height: number, random: Random): string {
  const count = Math.round((width * height) / 3500);
  return Array.from({ length: count }, () => {
    const y = height * 0.5 * random.number() ** 1.6;
    const opacity = (1 - y / (height * 0.55)) * random.between(0.2, 0.9);
    return `<circle cx="${px(width * random.number())}" cy="${px(y)}" r="${px(random.between(0.4, 1.5))}" fill="#fff" opacity="${opacity.toFixed(2)}"/>`;
  }).join('');
}

/** Each streak is a heap of flat ellipses, lit from below by the accent colour. */
function clouds(width: number, height: number, random: Random, palette: Palette): string {
  return Array.from({ length: 7 }, () => {
    const [x, y] = [width * random.between(-0.1, 1), height * random.between(0.06, 0.5)];
    const length = width * random.between(0.12, 0.34);
    return Array.from({ length: 26 }, () => {
      const along = random.number();
      const thick = height * 0.018 * Math.sin(Math.PI * along) * random.between(0.3, 1.2);
      const fill = random.number() < 0.35 ? palette.accent : palette.light;
      return `<ellipse cx="${px(x + along * length)}" cy="${px(y + height * random.between(-0.02, 0.02))}" rx="${px(length * random.between(0.05, 0.16))}" ry="${px(thick + 0.6)}" fill="${fill}" opacity="${random.between(0.08, 0.26).toFixed(2)}"/>`;
    }).join('');
  }).join('');
}

function birds(width: number, height: number, random: Random): string {
  const [left, top] = [width * random.between(0.1, 0.7), height * random.between(0.12, 0.35)];
  return Array.from({ length: 9 }, () => {
    const [x, y] = [left + width * random.between(0, 0.22), top + height * random.between(0, 0.12)];
    const span = height * random.between(0.008, 0.018);
    return `<path d="M${px(x - span)},${px(y - span * 0.5)} Q${px(x - span * 0.3)},${px(y - span * 0.6)} ${px(x)},${px(y)} Q${px(x + span * 0.3)},${px(y - span * 0.6)} ${px(x + span)},${px(y - span * 0.5)}" fill="none" stroke="#1c2230" stroke-width="1.4" opacity="0.75"/>`;
  }).join('');
}
