import { strFromU8, strToU8 } from 'fflate';
import { createHash } from 'node:crypto';
import subsetFont from 'subset-font';
import { FONTS, readFace, type FontFamily } from './document-fonts.ts';

/**
 * Puts fonts into the parts of a DOCX, as far as a text needs them: word processors show it as it is meant, whatever is
 * installed where they run. The same fonts and text give the same bytes.
 *
 * @param text every character that the document shows, once
 */
export async function embedFonts(
  parts: Readonly<Record<string, Uint8Array>>,
  families: readonly FontFamily[],
  text: string,
): Promise<Record<string, Uint8Array>> {
  const faces: Face[] = [];
  for (const family of families) {
    for (const face of ['regular', 'bold'] as const) {
      const kept = family.name === FONTS.latin.name ? text + CORRECTIONS : text;
      // One after the other: a Chinese face has 10 MB.
      const font = await subsetFont(readFace(family[face]), kept, {
        targetFormat: 'truetype',
        keepFeatures: FEATURES,
        noHinting: true,
      });
      faces.push({ id: faces.length + 1, family, face, font, key: keyOf(font) });
    }
  }
  const table = families.map((family) =>
    fontXml(
      family,
      faces.filter((one) => one.family === family),
    ),
  );
  const edited = (name: string, change: (xml: string) => string): Uint8Array => {
    const part = parts[name];
    if (part === undefined) throw new Error(`the document has no ${name}`);
    return strToU8(change(strFromU8(part)));
  };
  return {
    ...parts,
    'word/fontTable.xml': edited('word/fontTable.xml', (xml) =>
      xml.replace(
        /\/>$|<\/w:fonts>$/,
        (end) => `${end === '/>' ? '>' : ''}${table.join('')}</w:fonts>`,
      ),
    ),
    'word/_rels/fontTable.xml.rels': edited('word/_rels/fontTable.xml.rels', (xml) =>
      xml.replace(/\/>$/, `>${faces.map(({ id }) => relationXml(id)).join('')}</Relationships>`),
    ),
    // A word processor that saves the document keeps them.
    'word/settings.xml': edited('word/settings.xml', (xml) =>
      xml.replace('<w:displayBackgroundShape/>', '$&<w:embedTrueTypeFonts/><w:saveSubsetFonts/>'),
    ),
    ...Object.fromEntries(
      faces.map(({ id, font, key }) => [`word/fonts/font${id}.odttf`, obfuscated(font, key)]),
    ),
  };
}

/** A font in a file of its own. */
interface Face {
  readonly id: number;
  readonly family: FontFamily;
  readonly face: 'regular' | 'bold';
  readonly font: Uint8Array;
  /** 16 bytes in hexadecimal. */
  readonly key: string;
}

/** Latin letters with which a person may correct a word. */
const CORRECTIONS = Array.from({ length: 0x100 - 0x20 }, (_, index) =>
  String.fromCodePoint(0x20 + index),
).join('');

/** What a script needs to be right; Noto's alternatives for designers would bring many glyphs along. */
const FEATURES = 'kern liga locl ccmp rlig mark mkmk isol init medi fina'.split(' ');

/** By content, so that it is the same every time. */
const keyOf = (font: Uint8Array): string =>
  createHash('sha256').update(font).digest('hex').slice(0, 32).toUpperCase();

/** As ECMA-376 (part 4, embedded fonts) asks: the first 32 bytes XOR the key, read backwards. */
function obfuscated(font: Uint8Array, key: string): Uint8Array {
  const bytes = Array.from(Buffer.from(key, 'hex')).toReversed();
  return font.map((byte, index) => (index < 32 ? byte ^ (bytes[index % 16] ?? 0) : byte));
}

/** What a word processor that takes no embedded fonts shows instead, and the character set (ECMA-376, `charset`). */
const SUBSTITUTES: Readonly<Record<string, readonly [font: string, charset: string]>> = {
  [FONTS.latin.name]: ['Calibri', '00'],
  [FONTS.chinese.name]: ['Microsoft YaHei', '86'],
  [FONTS.japanese.name]: ['Yu Gothic', '80'],
  [FONTS.korean.name]: ['Malgun Gothic', '81'],
  [FONTS.arabic.name]: ['Arial', 'B2'],
  [FONTS.hebrew.name]: ['Arial', 'B1'],
  [FONTS.thai.name]: ['Tahoma', 'DE'],
};

function fontXml({ name }: FontFamily, faces: readonly Face[]): string {
  const [substitute = 'Arial', charset = '00'] = SUBSTITUTES[name] ?? [];
  const embedded = faces.map(
    ({ id, face, key }) =>
      `<w:embed${face === 'bold' ? 'Bold' : 'Regular'} r:id="rId${id}" w:fontKey="{${key.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}}"/>`,
  );
  return `<w:font w:name="${name}"><w:altName w:val="${substitute}"/><w:charset w:val="${charset}"/><w:family w:val="swiss"/><w:pitch w:val="variable"/>${embedded.join('')}</w:font>`;
}

const relationXml = (id: number): string =>
  `<Relationship Id="rId${id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/font" Target="fonts/font${id}.odttf"/>`;
