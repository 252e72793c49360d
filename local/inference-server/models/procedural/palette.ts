import type { Random } from '../random.ts';

/** Colours from far and light to near and dark, with one that stands out. */
export interface Palette {
  readonly skyTop: string;
  readonly skyBottom: string;
  readonly far: Colour;
  readonly near: Colour;
  readonly light: string;
  readonly accent: string;
}

export interface Colour {
  readonly hue: number;
  readonly saturation: number;
  readonly lightness: number;
}

/** Hues of land and of light that look well together: sea and lamp, teal and copper, plum and gold, moss and dawn. */
const HARMONIES: readonly [Harmony, ...Harmony[]] = [
  [218, 30],
  [186, 18],
  [286, 42],
  [148, 36],
];
type Harmony = readonly [land: number, light: number];

export function createPalette(random: Random): Palette {
  const [land, light] = random.pick(HARMONIES);
  const hue = land + random.between(-14, 14);
  const warm = light + random.between(-10, 10);
  const sky = hue + random.between(-12, 12);
  return {
    skyTop: hsl({ hue: sky, saturation: 58, lightness: 34 }),
    skyBottom: hsl({ hue: warm, saturation: 78, lightness: 76 }),
    far: { hue: sky + 8, saturation: 34, lightness: 66 },
    near: { hue, saturation: 46, lightness: 13 },
    light: hsl({ hue: warm, saturation: 95, lightness: 90 }),
    accent: hsl({ hue: warm, saturation: 90, lightness: 60 }),
  };
}

/** `#rrggbb`: resvg reads `hsl()` with decimals wrongly. */
export function hsl({ hue, saturation, lightness }: Colour): string {
  const turns = ((hue % 360) + 360) % 360;
  const chroma = (saturation / 100) * Math.min(lightness / 100, 1 - lightness / 100);
  const channel = (offset: number) => {
    const sector = (offset + turns / 30) % 12;
    const value = lightness / 100 - chroma * Math.max(-1, Math.min(sector - 3, 9 - sector, 1));
    return Math.round(Math.min(1, Math.max(0, value)) * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

/** `share` 0 is the first colour, 1 the second. */
export const mix = (from: Colour, to: Colour, share: number): Colour => ({
  hue: from.hue + (to.hue - from.hue) * share,
  saturation: from.saturation + (to.saturation - from.saturation) * share,
  lightness: from.lightness + (to.lightness - from.lightness) * share,
});
