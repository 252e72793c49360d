import type { FastifyReply } from 'fastify';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { JobRow } from '../../../adapters/database/job-library.ts';
import type { ObjectStore } from '../../../adapters/object-store/object-store.ts';
import { approvedDigest, fetchResult, parseFormats, resultFiles } from '../../jobs/fetch-result.ts';
import { fetchZip } from '../../jobs/fetch-zip.ts';
import { openResultFile, resultFile } from '../../jobs/open-result-file.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { atOnce } from './at-once.ts';
import { isKnown } from './conditional.ts';
import { jobParameters, requestedVersion, versionQuery } from './job-parameters.ts';
import { exportsSchema, notModified } from './job-schemas.ts';

const bytesSchema = z.unknown().meta({ type: 'string', format: 'binary' });

/** A document of its own schema. */
const jsonSchema = z.looseObject({});

/** The files of a job's minutes, which are made of what people said: nothing of them is ever shown as a page. */
export const exportRoutes =
  (context: GatewayContext) =>
  async (app: GatewayApp): Promise<void> => {
    const { services } = context;
    const pack = atOnce({ ofKey: 8, ofAll: 32 }, 'zips in the making');

    app.get(
      '/jobs/:id/exports',
      {
        config: { action: 'jobs:read' },
        handlerTimeout: LONGEST_MS,
        schema: {
          operationId: 'listExports',
          summary: 'The files of the minutes: their names, or all of them packed',
          description:
            'Without a format, all files that there are. With format=zip, the answer is the packed files themselves.',
          tags: ['jobs'],
          params: jobParameters,
          querystring: versionQuery.extend({
            format: z
              .string()
              .max(100)
              .optional()
              .describe(
                'Some of md, json, html, docx, pdf, vtt, srt, separated by commas (default: all); zip packs them',
              ),
          }),
          response: {
            200: {
              description: 'The names, or with format=zip the files',
              content: {
                'application/json': { schema: exportsSchema },
                'application/zip': { schema: bytesSchema },
              },
            },
            304: notModified,
          },
        },
      },
      async (request, reply) => {
        const { formats, zip } = parseFormats(request.query.format);
        const row = await requestedVersion(context, request);
        const store = await services.store();
        const { minutesKey, version, files } = await resultFiles(row, store, formats);
        // Its files never change.
        if (isKnown(request, reply, { minutesKey, formats, zip })) return reply.send();
        if (!zip) {
          return await reply.send({
            id: row.id,
            version,
            filesSha256: approvedDigest(row),
            files: files.map(({ name, bytes }) => ({ name, bytes, contentType: typeOf(name) })),
          });
        }
        const packed = await pack(request.principal.keyId, () => packedResult(row, store, formats));
        return await download(reply, { name: 'minutes.zip', ...packed });
      },
    );

    app.get(
      '/jobs/:id/exports/:name',
      {
        config: { action: 'jobs:read' },
        handlerTimeout: LONGEST_MS,
        schema: {
          operationId: 'readExport',
          summary: 'A file of the minutes',
          description:
            'As a download: no browser shows it as a page. A file of an approved version is compared with what was approved before its first byte is sent.',
          tags: ['jobs'],
          params: jobParameters.extend({
            name: z.string().max(100).describe('Such as minutes.pdf: exports lists them'),
          }),
          querystring: versionQuery,
          response: {
            200: {
              description: 'The file',
              content: Object.fromEntries(
                Object.values(TYPES).map((type) => [
                  type,
                  { schema: type === TYPES['.json'] ? jsonSchema : bytesSchema },
                ]),
              ),
            },
            304: notModified,
          },
        },
      },
      async (request, reply) => {
        const row = await requestedVersion(context, request);
        const store = await services.store();
        const file = await resultFile(row, store, request.params.name);
        const { minutesKey } = row;
        if (minutesKey === null) throw new TypeError('a result without minutes has no files');
        if (isKnown(request, reply, { minutesKey, key: file.key })) return reply.send();
        const stream = await openResultFile({ ...row, minutesKey }, store, file);
        return await download(reply, { ...file, stream });
      },
    );
  };

/** Of a download over a slow line. */
const LONGEST_MS = 3_600_000;

/** Removed as soon as it was read, or nobody reads it any more. */
async function packedResult(
  row: JobRow,
  store: ObjectStore,
  formats: Parameters<typeof fetchResult>[2]['formats'],
): Promise<{ readonly stream: Readable; readonly bytes: number }> {
  const scratch = await mkdtemp(join(tmpdir(), 'hansard-'));
  const remove = () => rm(scratch, { recursive: true, force: true });
  try {
    await fetchZip(scratch, (folder) => fetchResult(row, store, { folder, formats }));
    const path = join(scratch, 'minutes.zip');
    const { size: bytes } = await stat(path);
    return { stream: createReadStream(path).once('close', () => void remove()), bytes };
  } catch (error) {
    await remove();
    throw error;
  }
}

function download(
  reply: FastifyReply,
  { name, bytes, stream }: { name: string; bytes: number; stream: Readable },
): FastifyReply {
  return reply
    .header('content-type', typeOf(name))
    .header('content-length', bytes)
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', "default-src 'none'; sandbox")
    .send(stream);
}

const TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.pdf': 'application/pdf',
  '.vtt': 'text/vtt; charset=utf-8',
  '.srt': 'application/x-subrip',
  '.png': 'image/png',
  '.zip': 'application/zip',
  '.sha256': 'text/plain; charset=utf-8',
};

const typeOf = (name: string): string => TYPES[extname(name)] ?? 'application/octet-stream';
