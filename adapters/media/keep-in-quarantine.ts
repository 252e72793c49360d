import type { IllustrateAnswer } from '../../workflows/contracts/stored-results.ts';
import { sha256 } from '../identity/digest.ts';
import type { Answers } from '../inference/protocols/contract.ts';
import { errorFor } from '../inference/verdicts/inference-error.ts';
import { quarantineKey } from '../object-store/keys.ts';
import type { ObjectStore } from '../object-store/object-store.ts';
import { UnusablePictureError } from './media-errors.ts';
import { pictureQuality } from './picture-quality.ts';

/**
 * Puts a picture where nobody sees it until it is judged safe; the answer that is stored holds its digest. Decodes it
 * first: a truncated file would pass as one until a later stage opens it. Throws `InferenceError` of kind `provider_bug`.
 */
export async function keepInQuarantine(
  store: ObjectStore,
  {
    tenant,
    target,
    prompt,
  }: {
    readonly tenant: string;
    readonly target: { readonly name: string };
    readonly prompt: string;
  },
  { bytes, mediaType }: Answers['illustrate'],
): Promise<IllustrateAnswer> {
  try {
    await pictureQuality(bytes);
  } catch (error) {
    if (!(error instanceof UnusablePictureError)) throw error;
    throw errorFor(target, null, {
      kind: 'provider_bug',
      says: 'answered a picture that cannot be opened',
      charge: 'billed',
      cause: error,
    });
  }
  const digest = sha256(bytes);
  await store.put(quarantineKey(tenant, digest), bytes, { contentType: mediaType, ifAbsent: true });
  return { sha256: digest, bytes: bytes.length, mediaType, prompt };
}
