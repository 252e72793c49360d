import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createHash, randomUUID } from 'node:crypto';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { keepNewest } from '../kept-results.ts';
import { nameInPath, parseForm } from '../read-request.ts';
import { notFound, problem } from './replicate-problem.ts';

interface Upload {
  /** As Replicate describes it. */
  readonly facts: object;
  readonly content: Uint8Array;
}

/** Files that predictions name by their addresses. */
export interface Uploads {
  /** Null: no file has this address. */
  readonly find: (address: string) => Upload | null;
}

/** `/replicate/v1/files`: an upload is named in a prediction by the address in its `urls.get`. */
export function addReplicateFiles(app: FastifyInstance): Uploads {
  // A file has at most the size of a body, 32 MiB.
  const uploads = keepNewest<Upload>(16);
  const addressOf = (id: string) => `https://api.replicate.com/v1/files/${id}`;
  const requireUpload = (request: FastifyRequest): Upload => {
    const upload = uploads.get(addressOf(nameInPath(request)));
    if (upload !== null) return upload;
    throw notFound();
  };
  const path = '/replicate/v1/files';
  const config = { role: 'upload' };
  app.post(path, { config }, async (request, reply) => {
    const form = await parseForm(request).catch(() => null);
    const file = form?.get('content') ?? null;
    if (!(file instanceof File)) throw problem(400, 'Bad Request', 'Missing content');
    const [id, content] = [randomUUID(), await file.bytes()];
    const facts = {
      id,
      name: file.name,
      content_type: file.type,
      size: content.length,
      checksums: {
        sha256: sha256(content),
        md5: createHash('md5').update(content).digest('hex'),
      },
      metadata: {},
      created_at: new Date().toISOString(),
      expires_at: new Date(Date.now() + KEPT_MS).toISOString(),
      urls: { get: addressOf(id) },
    };
    uploads.set(addressOf(id), { facts, content });
    reply.code(201);
    return facts;
  });
  app.get(`${path}/:id`, { config }, (request) => requireUpload(request).facts);
  app.delete(`${path}/:id`, { config }, (request, reply) => {
    requireUpload(request);
    uploads.delete(addressOf(nameInPath(request)));
    return reply.code(204).send();
  });
  return { find: uploads.get };
}

/** Replicate keeps files for a day. */
const KEPT_MS = 24 * 60 * 60 * 1000;
