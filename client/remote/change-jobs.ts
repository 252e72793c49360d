import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import type { ChangedJob, ChangeTold, JobChanger, JobName, RequestedChange } from '../back-end.ts';
import { OnlyDirectError } from '../config.ts';
import { changeSchema, exportsSchema } from '../gateway/jobs/job-schemas.ts';
import { BUILT_IN } from '../templates/built-in-names.ts';
import type { Asked, GatewayClient } from './gateway-client.ts';
import { NoGatewayError } from './gateway-errors.ts';
import { jobPath } from './job-path.ts';

type Answer = z.infer<typeof changeSchema>;

/** Changes minutes by the routes of a gateway. */
export const remoteChanger = (client: GatewayClient): JobChanger => ({
  change: async (name, change, { by, ...told }) => {
    const send = async (confirm: boolean): Promise<Answer> =>
      await settled(client, await post(client, name, change, { by, confirm }), told);
    const first = await send(false);
    if (first.replaced !== undefined) told.onReplaced?.(first.replaced, first.id);
    if (first.outcome !== 'asked') return changed(first, client);
    const { calls } = first;
    if (calls === undefined) throw new NoGatewayError(client.place, 'asked, without calls');
    const isWanted = (await told.confirm?.(calls)) ?? true;
    if (!isWanted) return { id: first.id, outcome: 'unwanted' };
    return changed(await send(true), client);
  },
  requireResult: async (name) => {
    await client.ask(exportsSchema, jobPath(name, '/exports'));
  },
});

function changed(answer: Answer, { place }: GatewayClient): ChangedJob {
  const { id, version, statements, approval = null, asked = null } = answer;
  if (answer.outcome === 'same') return { id, outcome: 'same' };
  if (version === null || statements === undefined) {
    throw new NoGatewayError(place, `a change that is ${answer.outcome}, without its version`);
  }
  const { statementsBefore = statements } = answer;
  return { id, outcome: 'made', made: { version, statements, statementsBefore }, approval, asked };
}

/** Waits for a change that goes on after its answer. */
async function settled(
  client: GatewayClient,
  first: Answer,
  { onProgress, signal }: ChangeTold,
): Promise<Answer> {
  let answer = first;
  let told = 0;
  while (answer.outcome === 'going-on') {
    const { id, change, sections } = answer;
    if (change === undefined) throw new NoGatewayError(client.place, 'going-on, without a change');
    if (sections !== undefined && sections.done !== told) onProgress?.(sections);
    told = sections?.done ?? told;
    answer = await client.ask(changeSchema, jobPath({ reference: id }, '/change'), {
      query: { change },
      ...(signal !== undefined && { signal }),
    });
  }
  return answer;
}

async function post(
  client: GatewayClient,
  name: JobName,
  change: RequestedChange,
  { by, confirm }: { readonly by: string; readonly confirm: boolean },
): Promise<Answer> {
  const ask = async (route: string, asked: Asked): Promise<Answer> =>
    await client.ask(changeSchema, jobPath(name, `/${route}`), { method: 'POST', ...asked });
  switch (change.kind) {
    case 'rename':
      return await ask('rename-speaker', {
        json: { speaker: change.speaker, name: change.name, by },
      });
    case 'join':
      return await ask('join-speakers', {
        json: { speaker: change.speaker, into: change.into, by },
      });
    case 'edit':
      return await postEdited(change, (bytes) =>
        ask('edit', {
          query: { version: change.madeFrom, by },
          body: { bytes, type: 'application/json' },
        }),
      );
    case 'resummarize': {
      const { template, language, target } = change.typed;
      if (template !== undefined && ![...BUILT_IN, 'standard'].includes(template)) {
        throw new OnlyDirectError(
          '--template FILE',
          `name one of standard, ${BUILT_IN.join(', ')}`,
        );
      }
      return await ask('resummarize', { json: { template, language, target, confirm, by } });
    }
    case 'approval': {
      const { wanted, version } = change;
      switch (wanted.kind) {
        case 'approve':
          return await ask('approve', { json: { version, by } });
        case 'return':
          return await ask('return', { json: { remark: wanted.remark, version, by } });
        case 'delegate':
          return await ask('delegate', { json: { to: wanted.to, version, by } });
      }
    }
  }
}

/** Looks at a corrected file before it is sent; of what the gateway says, it knows no path. */
async function postEdited(
  { path }: { readonly path: string },
  send: (bytes: Uint8Array<ArrayBuffer>) => Promise<Answer>,
): Promise<Answer> {
  const { readEditedFile } = await import('../jobs/read-edited-file.ts');
  await readEditedFile(path);
  try {
    return await send(await readFile(path));
  } catch (error) {
    if (error instanceof Error) {
      error.message = error.message.replaceAll(/(?<!\S)the body(?=[: ])/g, () => path);
    }
    throw error;
  }
}
