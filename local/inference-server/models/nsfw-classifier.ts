import { createRequire } from 'node:module';
import { dirname } from 'node:path';

interface Label {
  readonly label: 'nsfw' | 'normal';
  readonly score: number;
}

/** Both labels of a picture, the more likely first. Rejects with `UnreadableImage` when the bytes are not a picture. */
export type NsfwClassifier = (image: Uint8Array) => Promise<readonly Label[]>;

export class UnreadableImage extends Error {
  override readonly name = 'UnreadableImage';
}

/** nsfwjs with the weights of its npm package and the labels of Falconsai/nsfw_image_detection; loaded when first used. */
export function createNsfwClassifier(): NsfwClassifier {
  let loading: Promise<NsfwClassifier> | null = null;
  return async (image) => (await (loading ??= loadNsfwClassifier()))(image);
}

async function loadNsfwClassifier(): Promise<NsfwClassifier> {
  const [tf, { setWasmPaths }, { load }, { MobileNetV2MidModel }] = await Promise.all([
    import('@tensorflow/tfjs'),
    import('@tensorflow/tfjs-backend-wasm'),
    import('nsfwjs/core'),
    import('nsfwjs/models/mobilenet_v2_mid'),
  ]);
  const wasm = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${dirname(wasm)}/`);
  await tf.setBackend('wasm');
  await tf.ready();
  const model = await load('MobileNetV2Mid', { modelDefinitions: [MobileNetV2MidModel] });
  return async (image) => {
    const pixels = await decode(image);
    const tensor = tf.tensor3d(Int32Array.from(pixels), [SIDE, SIDE, 3], 'int32');
    try {
      const classes = await model.classify(tensor, 5);
      const nsfw = classes
        .filter(({ className }) => ['Porn', 'Hentai', 'Sexy'].includes(className))
        .reduce((sum, { probability }) => sum + probability, 0);
      const labels: Label[] = [
        { label: 'nsfw', score: Math.min(1, nsfw) },
        { label: 'normal', score: Math.max(0, 1 - nsfw) },
      ];
      return labels.sort((a, b) => b.score - a.score);
    } finally {
      tensor.dispose();
    }
  };
}

/** Width and height that MobileNet V2 takes. */
const SIDE = 224;

const decode = async (image: Uint8Array): Promise<Buffer> => {
  const { default: sharp } = await import('sharp');
  const pixels = sharp(image)
    .resize(SIDE, SIDE, { fit: 'fill' })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb');
  return pixels
    .raw()
    .toBuffer()
    .catch((cause: unknown) => {
      throw new UnreadableImage('not a picture that can be decoded', { cause });
    });
};
