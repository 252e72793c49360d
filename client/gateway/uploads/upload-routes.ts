import { z } from 'zod';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { requiredName } from '../jobs/posted-file.ts';
import { abortUpload, beginUpload, findUpload } from './upload-life.ts';
import { partRoutes } from './part-routes.ts';
import { receivedParts } from './upload-parts.ts';
import {
  MOST_UPLOAD_BYTES,
  readUploadSchema,
  uploadParameters,
  uploadSchema,
  uploadView,
} from './upload-view.ts';

const newUploadSchema = z.strictObject({
  name: z.string().min(1).max(1_000).describe('Name of the file; its end tells transcripts'),
  bytes: z
    .int()
    .min(1)
    .max(MOST_UPLOAD_BYTES)
    .optional()
    .describe('How many the file has; of a recording that goes on, told at its end'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'takes 64 characters of 0-9 and a-f')
    .optional()
    .describe('Of the file, in hex: a job is made only if the bytes have it'),
  contentType: z.string().max(200).optional().describe('A hint only: the bytes decide'),
});

/** Files that come in parts, straight to the object store. */
export const uploadRoutes =
  ({ services }: GatewayContext) =>
  async (app: GatewayApp): Promise<void> => {
    const config = { action: 'jobs:submit' } as const;
    const tags = ['uploads'];

    app.post('/uploads', {
      config,
      schema: {
        operationId: 'createUpload',
        summary: 'Begin to upload a file in parts',
        description:
          'Takes up to 20 GB, in parts of 8 MiB. An upload is kept for 72 hours after it was last worked on; a key has 20 at most, and a tenant 100.',
        tags,
        body: newUploadSchema,
        response: { 201: uploadSchema },
      },
      handler: async ({ principal, body }, reply) => {
        const name = requiredName(body.name);
        const { bytes = null, sha256 = null, contentType = null } = body;
        const row = await beginUpload(services, principal, { name, bytes, sha256, contentType });
        return await reply
          .code(201)
          .header('location', `/api/uploads/${row.id}`)
          .send(uploadView(row));
      },
    });

    app.get('/uploads', {
      config,
      schema: {
        operationId: 'listUploads',
        summary: 'The uploads that no job was made of yet, newest first',
        description:
          'Those of every key of the tenant. Which parts of one have arrived, only the route of that upload says.',
        tags,
        response: { 200: z.object({ uploads: z.array(uploadSchema) }) },
      },
      handler: async ({ principal }) => {
        const rows = await (await services.uploads()).list(principal.tenant);
        return { uploads: rows.map(uploadView) };
      },
    });

    app.get('/uploads/:id', {
      config,
      schema: {
        operationId: 'readUpload',
        summary: 'An upload, and which of its parts are there',
        description:
          'Whoever was interrupted reads here which parts are missing, and sends only those.',
        tags,
        params: uploadParameters,
        response: { 200: readUploadSchema },
      },
      handler: async ({ principal, params }) => {
        const row = await findUpload(services, principal.tenant, params.id);
        return { ...uploadView(row), received: await receivedParts(services, row) };
      },
    });

    app.delete('/uploads/:id', {
      config,
      schema: {
        operationId: 'abortUpload',
        summary: 'End an upload, and delete what was sent',
        description:
          'The addresses of its parts take nothing from then on. It makes room for another upload of the key.',
        tags,
        params: uploadParameters,
        response: { 204: z.undefined().describe('The upload is gone') },
      },
      handler: async ({ principal, params }, reply) => {
        await abortUpload(services, principal.tenant, params.id);
        return await reply.code(204).send();
      },
    });

    await app.register(partRoutes(services));
  };
