import { z } from 'zod';
import { sha256 } from '../../../../adapters/identity/digest.ts';
import { keepInQuarantine } from '../../../../adapters/media/keep-in-quarantine.ts';
import { watermarkPicture } from '../../../../adapters/media/watermark-picture.ts';
import { quarantineKey } from '../../../../adapters/object-store/keys.ts';
import { illustrateAnswerSchema } from '../../../../workflows/contracts/stored-results.ts';
import type { GatewayApp, GatewayContext } from '../../gateway-app.ts';
import { createdOf } from '../answer-facts.ts';
import { headersOfMany } from '../answer-headers.ts';
import { answerRequest } from '../answer-request.ts';
import { mayBeKept } from '../cache-control.ts';
import { findTargets } from '../find-targets.ts';
import { OpenAiError } from '../open-ai-error.ts';
import { requestKey } from '../request-key.ts';
import { withParameters } from '../with-parameters.ts';
import { judgePicture } from './judge-picture.ts';

const SIDE = /^(\d{3,4})x(\d{3,4})$/;

/**
 * `POST /v1/images/generations`. As in a job, a picture goes to quarantine, and only one that the classifier judges safe
 * comes out of it, with its mark.
 */
export function addPictureRoutes(app: GatewayApp, { services }: GatewayContext): void {
  app.post('/images/generations', {
    config: { action: 'inference:use' },
    handlerTimeout: LONGEST_MS,
    schema: {
      operationId: 'createImage',
      summary: 'Draw a picture, which is answered only if it is judged safe',
      description:
        'One picture, as PNG in base64 with the mark of generated ones. What is not judged safe is answered with content_policy_violation; without targets of moderate nothing is drawn.',
      tags: ['inference'],
      body: z.strictObject({
        model: z.string().min(1).max(200),
        prompt: z.string().min(1).max(4_000),
        n: z.literal(1).nullish(),
        size: z
          .string()
          .regex(SIDE)
          .refine(isSize, 'takes two sides from 256 to 1536, each a multiple of 64')
          .nullish()
          .describe('Such as 1024x576, which is the default.'),
        response_format: z.literal('b64_json').nullish().describe('There are no addresses.'),
        seed: z.int().min(0).max(1_000_000_000).nullish().describe('Another one draws it anew.'),
        user: z.string().max(1_000).nullish(),
      }),
      response: {
        200: z.object({
          created: z.int(),
          data: z.array(z.object({ b64_json: z.string() })),
        }),
      },
    },
    handler: async ({ body, principal, headers }, reply) => {
      const { layer } = await services.inference();
      const { prompt } = body;
      const asked = { asker: principal, mayBeKept: mayBeKept(headers) };
      const found = findTargets(layer.inference, body.model, ['illustrate']);
      // Before anything is paid: what nobody can judge is not drawn.
      const judges = layer.inference.roles.moderate;
      if (judges.length === 0) throw NO_JUDGE;
      const store = await services.store();
      const [width = 0, height = 0] = (body.size ?? '1024x576').split('x').map(Number);
      const drawn = await answerRequest(services, {
        ...asked,
        targets: withParameters(found, 'illustrate', []),
        question: {
          role: 'illustrate',
          workKey: requestKey({ role: 'illustrate', input: sha256(prompt) }),
          input: { prompt, negativePrompt: '', width, height, seed: body.seed ?? 1 },
          accept: async (picture, target) =>
            await keepInQuarantine(store, { tenant: principal.tenant, target, prompt }, picture),
        },
      });
      const picture = illustrateAnswerSchema.parse(drawn.result.answer);
      const image = await store.get(quarantineKey(principal.tenant, picture.sha256));
      if (sha256(image) !== picture.sha256) throw UNSAFE;
      const { verdict, answered } = await judgePicture(services, {
        ...asked,
        targets: withParameters(judges, 'moderate', []),
        image,
        mediaType: picture.mediaType,
      });
      if (verdict !== 'safe') throw UNSAFE;
      const { model, createdAt } = drawn.result;
      const marked = await watermarkPicture(image, { tool: 'Hansard', model, createdAt });
      return await reply.headers(headersOfMany([drawn, answered])).send({
        created: createdOf(drawn.result),
        data: [{ b64_json: Buffer.from(marked).toString('base64') }],
      });
    },
  });
}

function isSize(size: string): boolean {
  const [, ...sides] = SIDE.exec(size) ?? [];
  return sides.map(Number).every((side) => side >= 256 && side <= 1_536 && side % 64 === 0);
}

const UNSAFE = new OpenAiError(
  'content_policy_violation',
  'the picture is not judged safe, and is not shown: change the prompt',
  { param: 'prompt' },
);

const NO_JUDGE = new OpenAiError(
  'model_not_found',
  'the role moderate has no target, and no picture is shown that nobody judged: tell who runs Hansard',
);

const LONGEST_MS = 300_000;
