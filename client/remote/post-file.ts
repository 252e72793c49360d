import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { stat } from 'node:fs/promises';
import type { JobMaker } from '../back-end.ts';
import { InvalidOptionError, OnlyDirectError } from '../config.ts';
import { submittedSchema } from '../gateway/jobs/job-schemas.ts';
import { MOST_POSTED_BYTES } from '../gateway/jobs/most-posted.ts';
import { probeTranscript } from '../jobs/probe-transcript.ts';
import { BUILT_IN } from '../templates/choose-template.ts';
import type { GatewayClient } from './gateway-client.ts';

type Submitted = Parameters<JobMaker['submit']>;

/** Posts a file as a whole. Whether it is a recording is for the gateway to say. */
export async function postFile(
  client: GatewayClient,
  submission: Submitted[0],
  { signal, onUpload, onUploaded }: Submitted[1],
): ReturnType<JobMaker['submit']> {
  const { paths, title, options, approval, force } = submission;
  const [path, ...more] = paths;
  if (path === undefined || more.length > 0) throw new OnlyDirectError('--join');
  const bytes = await bytesOf(path);
  onUpload?.();
  try {
    const answer = await client.ask(submittedSchema, '/jobs', {
      method: 'POST',
      signal,
      query: {
        name: basename(path),
        title: title ?? undefined,
        date: options.date ?? undefined,
        language: options.language ?? undefined,
        // With a semicolon, commas are of names.
        attendees: options.attendees.map((name) => `${name};`).join(' ') || undefined,
        template: templateName(submission),
        image: options.image ? undefined : 'false',
        approve: approval === null ? undefined : 'true',
        approver: approval?.asked ?? undefined,
        deadline: approval === null ? undefined : `${approval.withinSeconds / 60}m`,
        force: force ? 'true' : undefined,
      },
      body: {
        bytes: ReadableStream.from(counted(path, { of: bytes, onUploaded })),
        type: 'application/octet-stream',
      },
    });
    const { isComplete, waitsForWorker, ...job } = answer;
    return { job, isComplete, waitsForWorker };
  } catch (error) {
    // The gateway knows the name only.
    if (error instanceof Error && error.message.startsWith(`${basename(path)} `)) {
      error.message = path + error.message.slice(basename(path).length);
    }
    throw error;
  }
}

/** The size of a file that can be posted. Throws what is thrown where the services are, as far as this machine can tell. */
async function bytesOf(path: string): Promise<number> {
  const { size } = (await probeTranscript([path])) === null ? await looked(path) : await stat(path);
  if (size <= MOST_POSTED_BYTES) return size;
  throw new InvalidOptionError(
    `${path} has ${Math.ceil(size / 1e6)} MB, and a gateway takes ${MOST_POSTED_BYTES / 1e6} MB at most: make it smaller, with ffmpeg -i FILE -vn -ac 1 -c:a libopus -b:a 24k FILE.ogg, or submit it where the services are`,
  );
}

async function looked(path: string): Promise<{ readonly size: number }> {
  const { lookAtFile } = await import('../../adapters/media/look-at-file.ts');
  const { bytes } = await lookAtFile(path);
  return { size: bytes };
}

function templateName({ template, options }: Submitted[0]): string | undefined {
  if (template === null) return undefined;
  const builtIn = BUILT_IN.find((name) => name === options.template);
  if (builtIn !== undefined) return builtIn;
  throw new OnlyDirectError('--template FILE', `name one of standard, ${BUILT_IN.join(', ')}`);
}

async function* counted(
  path: string,
  { of, onUploaded }: { readonly of: number; readonly onUploaded: Submitted[1]['onUploaded'] },
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  const blocks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 1 << 18 });
  for await (const block of blocks) {
    bytes += block.length;
    yield block;
    onUploaded?.({ bytes, of });
  }
}
