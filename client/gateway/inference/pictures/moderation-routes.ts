import pMap from 'p-map';
import { z } from 'zod';
import { sniffPicture } from '../../../../adapters/inference/protocols/reading/picture-reply.ts';
import type { GatewayApp, GatewayContext } from '../../gateway-app.ts';
import { headersOfMany } from '../answer-headers.ts';
import { mayBeKept } from '../cache-control.ts';
import { findTargets } from '../find-targets.ts';
import { OpenAiError } from '../open-ai-error.ts';
import { withParameters } from '../with-parameters.ts';
import { judgePicture } from './judge-picture.ts';

const pictureSchema = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: z.string().startsWith('data:').max(14_000_000) }),
});

/** `POST /v1/moderations`, of pictures: the role moderate classifies nothing else. */
export function addModerationRoutes(app: GatewayApp, { services }: GatewayContext): void {
  app.post('/moderations', {
    config: { action: 'inference:use' },
    bodyLimit: 15_000_000,
    handlerTimeout: 300_000,
    schema: {
      operationId: 'createModeration',
      summary: 'Whether pictures are safe, by the targets of the role moderate',
      description:
        'Takes up to 8 pictures as data: URLs of PNG, JPEG or WebP; texts are refused. A picture that nothing is known of counts as flagged.',
      tags: ['inference'],
      body: z.strictObject({
        model: z.string().min(1).max(200).default('moderate'),
        input: z
          .array(pictureSchema, 'takes pictures: no target of moderate reads texts')
          .min(1)
          .max(8),
      }),
      response: { 200: moderationSchema },
    },
    handler: async ({ body, principal, headers, id }, reply) => {
      const { layer } = await services.inference();
      const found = findTargets(layer.inference, body.model, ['moderate']);
      const targets = withParameters(found, 'moderate', []);
      const judged = await pMap(
        body.input.map(({ image_url }, index) => readPicture(image_url.url, index)),
        async (picture) =>
          await judgePicture(services, {
            ...picture,
            targets,
            asker: principal,
            mayBeKept: mayBeKept(headers),
          }),
        { concurrency: 4 },
      );
      return await reply.headers(headersOfMany(judged.map(({ answered }) => answered))).send({
        id: `modr-${id}`,
        model: body.model,
        results: judged.map(({ verdict, score, labels }) => ({
          flagged: verdict !== 'safe',
          categories: { sexual: verdict !== 'safe' },
          // Unknown counts as unsafe.
          category_scores: { sexual: score ?? 1 },
          category_applied_input_types: { sexual: ['image' as const] },
          verdict,
          labels,
        })),
      });
    },
  });
}

function readPicture(url: string, index: number) {
  const base64 = /^data:image\/(?:png|jpeg|webp);base64,([A-Za-z0-9+/]+=*)$/.exec(url)?.[1];
  const image = Buffer.from(base64 ?? '', 'base64');
  const mediaType = sniffPicture(image);
  if (mediaType !== null) return { image, mediaType };
  throw new OpenAiError('invalid_request', 'send a PNG, JPEG or WebP as a base64 data: URL', {
    param: `input.${index}.image_url.url`,
  });
}

const moderationSchema = z.object({
  id: z.string(),
  model: z.string(),
  results: z.array(
    z.object({
      flagged: z.boolean(),
      categories: z.object({ sexual: z.boolean() }),
      category_scores: z.object({ sexual: z.number() }),
      category_applied_input_types: z.object({ sexual: z.array(z.literal('image')) }),
      verdict: z.enum(['safe', 'held', 'blocked']),
      labels: z.array(z.object({ label: z.string(), score: z.number() })),
    }),
  ),
});
