import { z } from 'zod';
import type { GatewayApp } from '../gateway-app.ts';
import { keepUpload, type UploadServices } from './upload-life.ts';
import { completeParts, partAddresses, receivedParts, tellLength } from './upload-parts.ts';
import {
  MOST_UPLOAD_BYTES,
  readUploadSchema,
  uploadParameters,
  uploadView,
} from './upload-view.ts';

const MOST_AT_ONCE = 100;

/** Until a store has made one object of 20 GB. */
const LONGEST_MS = 600_000;

const wantedSchema = z.strictObject({
  parts: z
    .array(z.int().min(1).max(10_000))
    .min(1)
    .max(MOST_AT_ONCE)
    .refine((parts) => new Set(parts).size === parts.length, 'takes each number once')
    .describe('Numbers of parts'),
});

/** Where the parts of an upload go, and what makes one file of them. */
export const partRoutes =
  (services: UploadServices) =>
  async (app: GatewayApp): Promise<void> => {
    const config = { action: 'jobs:submit' } as const;

    app.post('/uploads/:id/parts', {
      config,
      schema: {
        operationId: 'addressParts',
        summary: 'Addresses to PUT some parts of an upload to, without a key',
        description:
          'Up to 100 at a time. Each address takes a part of exactly so many bytes, for 15 minutes; the object store is what answers there.',
        tags: ['uploads'],
        params: uploadParameters,
        body: wantedSchema,
        response: {
          200: z.object({
            parts: z.array(
              z.object({
                part: z.number(),
                bytes: z.number().describe('How many the body of the PUT must have'),
                url: z.string().describe('Takes this part of this upload, and nothing else'),
              }),
            ),
            validUntil: z.iso.datetime().describe('Then ask for other addresses'),
          }),
        },
      },
      handler: async ({ principal, params, body }) => {
        const row = await keepUpload(services, principal.tenant, params.id);
        return await partAddresses(services, row, body.parts);
      },
    });

    app.post('/uploads/:id/length', {
      config,
      schema: {
        operationId: 'tellLength',
        summary: 'Tell how long a file is that was not over when its upload began',
        description:
          'Until then each part has partBytes; afterwards the last one has the rest. To tell the same length again changes nothing.',
        tags: ['uploads'],
        params: uploadParameters,
        body: z.strictObject({
          bytes: z.int().min(1).max(MOST_UPLOAD_BYTES).describe('How many the file has'),
        }),
        response: { 200: readUploadSchema },
      },
      handler: async ({ principal, params, body }) => {
        const kept = await keepUpload(services, principal.tenant, params.id);
        const row = await tellLength(services, kept, body.bytes);
        return { ...uploadView(row), received: await receivedParts(services, row) };
      },
    });

    app.post('/uploads/:id/complete', {
      config,
      handlerTimeout: LONGEST_MS,
      schema: {
        operationId: 'completeUpload',
        summary: 'Make one file of the parts, all of which are there',
        description:
          'While parts are missing the answer is 409 and names them. To complete an upload again changes nothing; a job is made of it afterwards.',
        tags: ['uploads'],
        params: uploadParameters,
        response: { 200: readUploadSchema },
      },
      handler: async ({ principal, params }) => {
        const kept = await keepUpload(services, principal.tenant, params.id);
        const row = await completeParts(services, kept);
        return { ...uploadView(row), received: await receivedParts(services, row) };
      },
    });
  };
