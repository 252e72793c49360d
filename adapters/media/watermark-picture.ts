import { openPicture } from './open-picture.ts';
import { UnusablePictureError } from './media-errors.ts';
import { WATERMARK_GLYPHS } from './watermark-glyphs.ts';

/** Where a picture comes from. Contains no meeting content, because the picture may be passed on. */
export interface Provenance {
  readonly tool: string;
  readonly model: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/**
 * Marks a picture as generated: a visible band at the bottom right, and XMP metadata for programs (IPTC's digital source
 * type and the provenance). Returns PNG. Throws `UnusablePictureError`.
 */
export async function watermarkPicture(
  bytes: Uint8Array,
  provenance: Provenance,
): Promise<Uint8Array> {
  try {
    const picture = openPicture(bytes);
    const { autoOrient } = await picture.metadata();
    return await picture
      .autoOrient()
      .composite([{ input: band(autoOrient), gravity: 'southeast' }])
      .withXmp(toXmp(provenance))
      .png()
      .toBuffer();
  } catch (error) {
    if (error instanceof UnusablePictureError) throw error;
    throw new UnusablePictureError('the picture is damaged or too large', { cause: error });
  }
}

/** White letters on a dark translucent band: readable on any picture. */
function band(picture: { readonly width: number; readonly height: number }): Buffer {
  // A third of the width is readable in a thumbnail without covering the picture.
  const width = Math.min(picture.width, Math.max(120, Math.round(picture.width / 3)));
  const scale = width / (WATERMARK_GLYPHS.width + 2 * PADDING);
  const height = Math.min(
    picture.height,
    Math.round((WATERMARK_GLYPHS.height + 2 * PADDING) * scale),
  );
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
      '<rect width="100%" height="100%" fill="#000" fill-opacity="0.6"/>' +
      `<path transform="scale(${scale}) translate(${PADDING} ${PADDING})" fill="#fff" d="${WATERMARK_GLYPHS.path}"/>` +
      '</svg>',
  );
}

/** Around the letters, in their own units: about a third of their height. */
const PADDING = 40;

function toXmp({ tool, model, createdAt }: Provenance): string {
  return (
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>' +
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
    '<rdf:Description rdf:about=""' +
    ' xmlns:xmp="http://ns.adobe.com/xap/1.0/"' +
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"' +
    ' xmlns:hansard="urn:hansard:provenance:1"' +
    ` xmp:CreatorTool="${escaped(tool)}"` +
    ' Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"' +
    ` hansard:tool="${escaped(tool)}" hansard:model="${escaped(model)}" hansard:createdAt="${escaped(createdAt)}"` +
    '/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
  );
}

const escaped = (text: string): string =>
  text
    // XML 1.0 forbids control characters.
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
