import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { hashFile } from '../../adapters/identity/digest.ts';
import type { JobMaker } from '../back-end.ts';
import { OnlyDirectError } from '../config.ts';
import { submittedSchema } from '../gateway/jobs/job-schemas.ts';
import { MOST_POSTED_BYTES } from '../gateway/jobs/most-posted.ts';
import { probeTranscript } from '../jobs/probe-transcript.ts';
import { BUILT_IN } from '../templates/built-in-names.ts';
import { countedBytes } from './counted-bytes.ts';
import type { Asked, GatewayClient } from './gateway-client.ts';

type Submitted = Parameters<JobMaker['submit']>;

/**
 * Sends files to a gateway: one as a whole, or in parts where it is large or one of several. Whether they are a recording
 * is for the gateway to say. Throws what is thrown where the services are, with the paths as they are here.
 */
export async function submitFiles(
  client: GatewayClient,
  submission: Submitted[0],
  { signal, onUpload, onUploaded }: Submitted[1],
): ReturnType<JobMaker['submit']> {
  const { paths } = submission;
  const options = optionsOf(submission);
  const files = await sizesOf(paths);
  const of = files.reduce((sum, { bytes }) => sum + bytes, 0);
  onUpload?.();
  const [first] = files;
  if (first === undefined) throw new RangeError('a source is at least one file');
  const asked = async (): Promise<Asked> => {
    if (files.length > 1 || of > MOST_POSTED_BYTES) {
      const { uploadFiles } = await import('./upload-files.ts');
      const told = { signal, onUploaded: (bytes: number) => onUploaded?.({ bytes, of }) };
      const ids = await uploadFiles(client, files, told);
      const [upload, ...more] = ids;
      const which = more.length === 0 ? { upload } : { uploads: ids };
      return { json: { ...options, ...which }, isOfFiles: true };
    }
    return {
      query: { ...options, name: basename(first.path) },
      body: {
        bytes: ReadableStream.from(countedBytes(first, onUploaded)),
        type: 'application/octet-stream',
        sha256: async () => (await hashFile(first.path, { signal })).sha256,
      },
    };
  };
  try {
    const answer = await client.ask(submittedSchema, '/jobs', {
      method: 'POST',
      signal,
      ...(await asked()),
    });
    const { isComplete, waitsForWorker, ...job } = answer;
    return { job, isComplete, waitsForWorker };
  } catch (error) {
    throw withPaths(error, paths);
  }
}

/** The options as the gateway takes them; what is left out has its default. */
function optionsOf({ title, options, template, approval, force }: Submitted[0]) {
  const { date, language, attendees, image } = options;
  return {
    ...(title !== null && { title }),
    ...(date !== null && { date }),
    ...(language !== null && { language }),
    // With semicolons, commas belong to the names.
    ...(attendees.length > 0 && { attendees: attendees.map((name) => `${name};`).join(' ') }),
    ...(template !== null && { template: builtInName(options.template) }),
    ...(!image && { image: false }),
    ...(approval !== null && {
      approve: true,
      ...(approval.asked !== null && { approver: approval.asked }),
      deadline: `${approval.withinSeconds / 60}m`,
    }),
    ...(force && { force: true }),
  };
}

function builtInName(id: string): string {
  if (BUILT_IN.some((name) => name === id)) return id;
  throw new OnlyDirectError('--template FILE', `name one of standard, ${BUILT_IN.join(', ')}`);
}

/** Throws what is thrown where the services are, as far as this machine can tell. */
async function sizesOf(paths: readonly string[]) {
  if ((await probeTranscript(paths)) !== null) {
    return await Promise.all(paths.map(async (path) => ({ path, bytes: (await stat(path)).size })));
  }
  const { lookAtFile } = await import('../../adapters/media/look-at-file.ts');
  return await Promise.all(
    paths.map(async (path) => ({ path, bytes: (await lookAtFile(path)).bytes })),
  );
}

/** A gateway knows the names of files only. */
function withPaths(error: unknown, paths: readonly string[]): unknown {
  const path = paths.find(
    (one) => error instanceof Error && error.message.startsWith(`${basename(one)} `),
  );
  if (error instanceof Error && path !== undefined) {
    error.message = path + error.message.slice(basename(path).length);
  }
  return error;
}
