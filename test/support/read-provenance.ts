import sharp from 'sharp';
import type { Provenance } from '../../adapters/media/watermark-picture.ts';

/** The provenance in a marked picture's XMP; null for a picture without it. */
export async function readProvenance(picture: Uint8Array): Promise<Provenance | null> {
  const { xmpAsString = '' } = await sharp(picture).metadata();
  const [tool, model, createdAt] = ['tool', 'model', 'createdAt'].map((name) =>
    new RegExp(`hansard:${name}="([^"]*)"`)
      .exec(xmpAsString)?.[1]
      ?.replaceAll('&quot;', '"')
      .replaceAll('&gt;', '>')
      .replaceAll('&lt;', '<')
      .replaceAll('&amp;', '&'),
  );
  if (tool === undefined || model === undefined || createdAt === undefined) return null;
  return { tool, model, createdAt };
}
