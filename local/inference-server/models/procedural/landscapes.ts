import type { Random } from '../random.ts';

type Colour = readonly [hue: number, saturation: number, lightness: number];

export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly random: Random;
  /** From far and light to near and dark, with a light colour and an accent that stand out. */
  readonly palette: Readonly<Record<'sky' | 'dawn' | 'far' | 'near' | 'light' | 'accent', Colour>>;
}

type Band = readonly [top: number, bottom: number];

/** Draws things at random places between two heights, near over far; `near` is 0 at the top and 1 at the bottom. */
function scatter(
  { width, random }: Canvas,
  count: number,
  band: Band | ((x: number) => Band),
  draw: (x: number, y: number, near: number) => string,
): string {
  const things = Array.from({ length: count }, () => {
    const [x, near] = [width * random.number(), random.number()];
    const [top, bottom] = typeof band === 'function' ? band(x) : band;
    const y = top + (bottom - top) * near;
    return { y, art: draw(x, y, near) };
  });
  return things.sort((a, b) => a.y - b.y).reduce((all, { art }) => all + art, '');
}

/** Stars, a sun with its glow, streaks of cloud and a few birds. */
export function drawSky(canvas: Canvas): string {
  const { width, height, random, palette } = canvas;
  const { between } = random;
  const stars = scatter(canvas, (width * height) / 3500, [0, height / 2], (x, y, near) => {
    const r = between(0.4, 1.5);
    return oval(x, y, r, r, [0, 0, 100], (1 - near) ** 2 * between(0.2, 0.9));
  });
  const [x, y] = [width * between(0.18, 0.82), height * between(0.2, 0.46)];
  const r = height * between(0.06, 0.1);
  const sun = glow(x, y, r * 4.5, palette.light) + oval(x, y, r, r, palette.light);
  // Each streak is a heap of flat ovals, lit from below by the accent colour.
  const clouds = many(7, () => {
    const [x, y] = [width * between(0, 1), height * between(0.06, 0.5)];
    const length = width * between(0.12, 0.34);
    return many(26, () => {
      const along = between(-0.5, 0.5);
      const thick = 0.6 + height * 0.018 * Math.cos(Math.PI * along) * between(0.3, 1.2);
      const [dy, rx] = [height * between(-0.02, 0.02), length * between(0.05, 0.16)];
      const fill = random.number() < 0.35 ? palette.accent : palette.light;
      return oval(x + along * length, y + dy, rx, thick, fill, between(0.08, 0.26));
    });
  });
  const [left, top] = [width * between(0.1, 0.7), height * between(0.12, 0.35)];
  const birds = many(9, () => {
    const [x, y] = [left + width * between(0, 0.22), top + height * between(0, 0.12)];
    const s = height * between(0.008, 0.018);
    const wings = d`q${s * 0.7},${-s * 0.1} ${s},${s / 2}q${s * 0.3},${-s * 0.6} ${s},${-s / 2}`;
    return line(d`M${x},${y}${wings}`, [220, 25, 15], 1.4, 0.75);
  });
  return backdrop(palette.sky, palette.dawn) + stars + sun + clouds + birds;
}

/** Seven ridges, hazier with distance; firs stand on the near ones, grass and flowers in front. */
export function drawHills(canvas: Canvas): string {
  const { height, random, palette } = canvas;
  const { between } = random;
  return many(7, (layer) => {
    const depth = layer / 6; // 0 is the horizon
    const colour = mix(palette.far, palette.near, depth ** 0.9);
    const heights: Band = [0.46 + 0.42 * depth, 1];
    const ridge = createRidge(canvas, heights, 0.17 - 0.1 * depth, 0.55 - 0.25 * depth);
    const slope = (x: number) => [ridge.y(x), ridge.y(x) + height * 0.05] as const;
    const firs = scatter(canvas, depth > 0.3 ? 150 - 70 * depth : 0, slope, (x, y) => {
      const tall = height * (0.018 + 0.075 * depth ** 2) * between(0.6, 1.3);
      const tier = (half: number, top: number) =>
        d`M${x},${y - tall * top}l${tall * half},${tall * 0.42}h${-2 * tall * half}Z`;
      const tiers = tier(0.11, 1) + tier(0.18, 0.76) + tier(0.25, 0.52);
      return shape(tiers, lighter(colour, between(-8, -1)));
    });
    const land = shape(ridge.land, colour) + firs;
    if (layer < 6) return land;
    const meadow = (x: number) => [Math.max(ridge.y(x), height * 0.84), height + 4] as const;
    const blades = scatter(canvas, 1500, meadow, (x, y) => {
      const tall = height * between(0.015, 0.045);
      const bend = d`q${between(-3, 3)},${-tall / 2} ${between(-7, 7)},${-tall}`;
      return line(d`M${x},${y}${bend}`, lighter(colour, between(-5, 22)), 1.3);
    });
    const flowers = scatter(canvas, 170, [height * 0.9, height], (x, y) => {
      const r = between(1, 3.2);
      return oval(x, y, r, r, random.number() < 0.6 ? palette.accent : palette.light);
    });
    return land + blades + flowers;
  });
}

/** A bay: two coasts in the haze, rippled water with the light on it, and sailing boats. */
export function drawHarbour(canvas: Canvas): string {
  const { height, random, palette } = canvas;
  const horizon = height * 0.56;
  const coasts = many(2, (index) => {
    const ridge = createRidge(canvas, [0.47 + 0.02 * index, 0.56], 0.09, 0.5);
    const slope = (x: number) => [Math.min(ridge.y(x) + 12, horizon - 4), horizon - 4] as const;
    const houses = scatter(canvas, 90, slope, (x, y) => {
      const [size, fill] = [random.between(2, 5), random.pick([palette.light, palette.accent])];
      return rect(x, y, size, size * 0.8, fill, 0.8);
    });
    return shape(ridge.land, mix(palette.far, palette.near, 0.35 * index)) + houses;
  });
  const boats = scatter(canvas, 7, [height * 0.58, height * 0.83], (x, y, near) => {
    const hull = lighter(palette.near, -1);
    const boat = [
      oval(0, 0.12, 0.6, 0.05, hull, 0.5),
      shape('M-.02,0V-1h.04V0Z', hull),
      shape('M.03,-1q.42,.5 .45,.92h-.45Z', random.pick([palette.light, palette.accent])),
      shape('M-.03,-.85q-.22,.4 -.33,.77h.33Z', palette.light, 0.92),
      shape('M-.5,-.05h1l-.14,.16h-.72Z', hull),
    ];
    const scale = height * (0.04 + 0.12 * near);
    return d`<g transform="translate(${x},${y}) scale(${scale})">${boat.join('')}</g>`;
  });
  return coasts + drawWater(canvas, horizon, mix(palette.far, palette.near, 0.62)) + boats;
}

/** Rows of buildings with lit windows, hazier with distance, above water that mirrors their lights. */
export function drawSkyline(canvas: Canvas): string {
  const { width, height, random, palette } = canvas;
  const { between } = random;
  const quay = height * 0.86;
  const rows = many(4, (row) => {
    const depth = row / 3;
    const cell = Math.max(5, height * (0.011 + 0.007 * depth));
    let art = '';
    for (let x = -width * between(0, 0.05); x < width;) {
      const wide = width * between(0.03, 0.075) * (0.75 + depth * 0.5);
      const [tall, roof] = [height * between(0.2, 0.58 - 0.24 * depth), random.number()];
      const [y, half] = [quay - tall, wide / 2];
      const wall = lighter(mix(palette.far, palette.near, depth), between(-4, 4));
      const shade = lighter(wall, -4);
      art += rect(x, y, wide, tall, wall) + rect(x + wide * 0.7, y, wide * 0.3, tall, shade);
      const mast = height * between(0.02, 0.07);
      if (roof < 0.25) art += shape(d`M${x},${y}l${half},${-half}l${half},${half}Z`, shade);
      else if (roof < 0.55) art += rect(x + half - 1, y - mast, 2, mast, shade);
      for (let top = y + cell; top < quay - cell; top += cell * 1.5) {
        for (let left = x + cell * 0.6; left < x + wide - cell; left += cell * 1.2) {
          const lit = random.number() < 0.42;
          const fill = lit ? random.pick([palette.accent, palette.light]) : shade;
          art += rect(left, top, cell * 0.6, cell * 0.8, fill, lit ? 0.45 + depth / 2 : 0.6);
        }
      }
      x += wide + width * between(-0.004, 0.012);
    }
    return art;
  });
  return rows + drawWater(canvas, quay, lighter(palette.near, 4));
}

/** Ripples grow towards the viewer; most are shades of the water, some take the sky's colours. */
function drawWater(canvas: Canvas, top: number, colour: Colour): string {
  const { width, height, random, palette } = canvas;
  const ripples = scatter(canvas, 6 * (height - top), [0, 1], (x, place) => {
    const near = place ** 1.5;
    const [y, long] = [top + (height - top) * near, 4 + random.between(10, 90) * near];
    const [tone, shade] = [random.number(), lighter(colour, random.between(-14, 17))];
    const stroke = tone < 0.18 ? palette.accent : tone < 0.34 ? palette.light : shade;
    const wave = d`q${long / 4},${-0.6 - 5 * near} ${long / 2},0t${long / 2},0`;
    return line(d`M${x},${y}${wave}`, stroke, 0.7 + 2.4 * near, random.between(0.3, 0.8));
  });
  return rect(0, top, width, height - top, colour) + ripples;
}

/** The height of a crest at x, and the land below it. Its sines are each finer and lower by `roughness`. */
function createRidge(
  { width, height, random }: Canvas,
  [base, foot]: Band,
  amplitude: number,
  roughness: number,
) {
  const waves = Array.from({ length: 7 }, (_unused, octave) => {
    const [phase, stretch] = [random.between(0, 2 * Math.PI), random.between(0.7, 1.4)];
    const frequency = ((2 * Math.PI) / width) * stretch * 2 ** octave;
    return (x: number) => 0.7 * amplitude * roughness ** octave * Math.sin(phase + frequency * x);
  });
  const y = (x: number) => height * waves.reduce((sum, wave) => sum + wave(x), base);
  const crest = many(
    width / 4 + 1,
    (step) => d`L${step * 4},${Math.min(y(step * 4), height * foot)}`,
  );
  return { y, land: d`M0,${height * foot}${crest}L${width},${height * foot}Z` };
}

/** `share` 0 is the first colour, 1 the second. */
const mix = ([h1, s1, l1]: Colour, [h2, s2, l2]: Colour, share: number): Colour => [
  h1 + (h2 - h1) * share,
  s1 + (s2 - s1) * share,
  l1 + (l2 - l1) * share,
];

const lighter = ([h, s, l]: Colour, by: number): Colour => [h, s, Math.max(4, l + by)];

// resvg reads decimals in hsl() wrongly.
const css = ([h, s, l]: Colour): string =>
  `hsl(${Math.round(h)},${Math.round(s)}%,${Math.round(l)}%)`;

/** SVG text with decimals that nobody sees cut off, for the data of a path: d`M${x},${y}h${width}`. */
const d = (parts: TemplateStringsArray, ...values: readonly (number | string)[]): string =>
  String.raw({ raw: parts }, ...values.map((v) => (typeof v === 'number' ? v.toFixed(2) : v)));

const many = (count: number, draw: (index: number) => string): string =>
  Array.from({ length: count }, (_unused, index) => draw(index)).join('');

const shape = (data: string, fill: Colour, opacity = 1): string =>
  d`<path d="${data}" fill="${css(fill)}" opacity="${opacity}"/>`;

const line = (data: string, stroke: Colour, wide: number, opacity = 1): string =>
  d`<path d="${data}" fill="none" stroke="${css(stroke)}" stroke-width="${wide}" opacity="${opacity}"/>`;

const rect = (x: number, y: number, w: number, h: number, fill: Colour, opacity = 1) =>
  shape(d`M${x},${y}h${w}v${h}h${-w}Z`, fill, opacity);

const oval = (x: number, y: number, rx: number, ry: number, fill: Colour, opacity = 1) =>
  d`<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${css(fill)}" opacity="${opacity}"/>`;

/** Fills the picture with a gradient from the top to the bottom, and draws a glow round a light. */
const backdrop = (top: Colour, bottom: Colour): string =>
  `<linearGradient id="sky" x2="0" y2="1"><stop stop-color="${css(top)}"/><stop offset="0.75" stop-color="${css(bottom)}"/></linearGradient><rect width="100%" height="100%" fill="url(#sky)"/>`;

const glow = (x: number, y: number, r: number, light: Colour): string =>
  d`<radialGradient id="glow"><stop stop-color="${css(light)}" stop-opacity="0.9"/><stop offset="1" stop-color="${css(light)}" stop-opacity="0"/></radialGradient><circle cx="${x}" cy="${y}" r="${r}" fill="url(#glow)"/>`;
