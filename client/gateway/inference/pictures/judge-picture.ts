import { sha256 } from '../../../../adapters/identity/digest.ts';
import type { Target } from '../../../../adapters/inference/targets/target.ts';
import { pictureVerdict, type PictureVerdict } from '../../../../adapters/media/picture-verdict.ts';
import {
  labelsAnswerSchema,
  type LabelsAnswer,
} from '../../../../workflows/contracts/stored-results.ts';
import type { ServiceConnections } from '../../../service-connections.ts';
import { answerRequest, type Answered } from '../answer-request.ts';
import type { Asker } from '../call-target.ts';
import { requestKey } from '../request-key.ts';

/** What the classifier says of a picture, and whether it is safe by that. Throws what `answerRequest` throws. */
export async function judgePicture(
  services: ServiceConnections,
  {
    image,
    mediaType,
    ...asked
  }: {
    readonly asker: Asker;
    readonly targets: readonly [Target, ...Target[]];
    readonly mayBeKept: boolean;
    readonly image: Uint8Array;
    readonly mediaType: string;
  },
): Promise<
  PictureVerdict & { readonly labels: LabelsAnswer['labels']; readonly answered: Answered }
> {
  const answered = await answerRequest(services, {
    ...asked,
    question: {
      role: 'moderate',
      workKey: requestKey({ role: 'moderate', input: sha256(image) }),
      input: { image, mediaType },
      accept: async (answer) => answer,
    },
  });
  const { labels } = labelsAnswerSchema.parse(answered.result.answer);
  return { ...pictureVerdict(labels), labels, answered };
}
