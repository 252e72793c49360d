import { sha256 } from '../../adapters/identity/digest.ts';
import { InferenceError } from '../../adapters/inference/verdicts/inference-error.ts';
import { pictureQuality } from '../../adapters/media/picture-quality.ts';
import { UnusablePictureError } from '../../adapters/media/media-errors.ts';
import { quarantineKey } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import {
  illustrateAnswerSchema,
  type IllustrateAnswer,
} from '../../workflows/contracts/stored-results.ts';
import { callTarget } from '../paid/call-target.ts';
import type { Dependencies } from '../dependencies.ts';
import { pictureWork } from './picture-work.ts';
import { homeOf, readJobInput } from '../job/read-job-input.ts';

/** 16 : 9, and both sides a multiple of 64, as diffusion models want them. */
const WIDTH = 1024;
const HEIGHT = 576;

/** The bytes go into quarantine and nowhere else; the stored answer points there. */
export const drawPicture =
  (deps: Dependencies): Activities['drawPicture'] =>
  async (call) => {
    const job = await readJobInput(deps.store, call);
    const { prompt, negativePrompt, workKey } = await pictureWork(deps.store, job, call.attempt);
    const { result, reused } = await callTarget(deps, call, {
      role: 'illustrate',
      home: homeOf(job),
      workKey,
      input: async () => ({
        prompt,
        negativePrompt,
        width: WIDTH,
        height: HEIGHT,
        seed: call.attempt + 1,
      }),
      accept: async ({ bytes, mediaType }): Promise<IllustrateAnswer> => {
        await requirePicture(bytes, call.target.name);
        const digest = sha256(bytes);
        await deps.store.put(quarantineKey(call.tenant, digest), bytes, {
          contentType: mediaType,
          ifAbsent: true,
        });
        return { sha256: digest, bytes: bytes.length, mediaType };
      },
    });
    const picture = illustrateAnswerSchema.parse(result.answer);
    return { target: result.target, reused, sha256: picture.sha256 };
  };

/** A file that only begins like a picture would pass for one until a later stage opens it. */
async function requirePicture(bytes: Uint8Array, target: string): Promise<void> {
  try {
    await pictureQuality(bytes);
  } catch (error) {
    if (!(error instanceof UnusablePictureError)) throw error;
    throw new InferenceError(`${target} answered a picture that cannot be opened`, {
      kind: 'provider_bug',
      target,
      charge: 'billed',
      cause: error,
    });
  }
}
