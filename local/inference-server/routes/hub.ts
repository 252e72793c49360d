import { jsonReply } from '../http/reply.ts';
import { taskRefusal } from '../http/refusal.ts';
import type { Route } from '../http/route.ts';
import { findModel, replicateVersion, type CatalogueModel } from '../models/catalogue.ts';
import { FOUR_BYTES_TOKENIZER } from '../models/four-bytes-tokenizer.ts';

/** The hub's look-up: `/api/models/{id}?expand[]=inferenceProviderMapping`. */
export const hubModel: Route = {
  kind: 'plain',
  method: 'GET',
  pattern: /^\/api\/models\/(.+)$/,
  handle: ({ path: [name = ''], url }) => {
    const found = findListed(name);
    if (found === null) throw taskRefusal(404, 'Repository not found');
    const expanded = url.searchParams.getAll('expand[]');
    const unknown = expanded.find(
      (field) => field !== 'inferenceProviderMapping' && field !== 'inference',
    );
    if (unknown !== undefined) throw taskRefusal(400, `Unknown field to expand: ${unknown}`);
    return jsonReply({
      id: found.id,
      ...(expanded.includes('inference') && found.status === 'live' ? { inference: 'warm' } : {}),
      ...(expanded.includes('inferenceProviderMapping')
        ? { inferenceProviderMapping: mappingOf(found) }
        : {}),
    });
  },
};

/** Whose token it is; 401 to one that is not accepted. */
export const hubAccount = (requireToken: string | null): Route => ({
  kind: 'plain',
  method: 'GET',
  pattern: /^\/api\/whoami-v2$/,
  handle: ({ headers: { authorization } }) => {
    const accepted = authorization !== undefined && isAccepted(authorization, requireToken);
    if (!accepted) throw taskRefusal(401, 'Invalid username or password.');
    return jsonReply({ type: 'user', id: '0', name: 'local' });
  },
});

const isAccepted = (authorization: string, token: string | null): boolean =>
  token === null || authorization === `Bearer ${token}`;

/** `tokenizer.json` of the one model that has tokens. */
export const hubTokenizer: Route = {
  kind: 'plain',
  method: 'GET',
  pattern: /^\/([^/]+\/[^/]+)\/resolve\/main\/tokenizer\.json$/,
  handle: ({ path: [name = ''] }) => {
    const model = findModel(name);
    if (model === null) throw taskRefusal(404, 'Repository not found');
    if (model.task !== 'conversational') throw taskRefusal(404, 'Entry not found');
    return jsonReply(FOUR_BYTES_TOKENIZER);
  },
};

interface Listed extends Pick<CatalogueModel, 'id' | 'task' | 'providers'> {
  readonly status: 'live' | 'staging' | 'error';
}

/** Listed, and not served: what a look-up before a job is to find out. */
const UNSERVED: readonly Listed[] = [
  {
    id: 'hansard/staging-v0',
    task: 'conversational',
    providers: ['hf-inference'],
    status: 'staging',
  },
  { id: 'hansard/error-v0', task: 'conversational', providers: ['together'], status: 'error' },
];

function findListed(name: string): Listed | null {
  const model = findModel(name);
  if (model !== null) return { ...model, status: 'live' };
  return UNSERVED.find(({ id }) => id === name) ?? null;
}

const mappingOf = ({ id, task, providers, status }: Listed): object =>
  Object.fromEntries(
    providers.map((provider) => [
      provider,
      { status, providerId: providerId(provider, id, task), task },
    ]),
  );

/** Replicate's id of a model that runs by versions names one. */
const providerId = (provider: string, id: string, task: string): string =>
  provider === 'replicate' && task === 'automatic-speech-recognition'
    ? `${id}:${replicateVersion(id)}`
    : id;
