import { Readable } from 'node:stream';
import type { JobName, JobReader } from '../back-end.ts';
import { OnlyDirectError } from '../config.ts';
import { exportsSchema } from '../gateway/jobs/job-schemas.ts';
import { isResultName } from '../jobs/fetch-result.ts';
import type { ResultSource } from '../jobs/result-source.ts';
import type { GatewayClient } from './gateway-client.ts';
import { GatewayUnreachableError, NoGatewayError } from './gateway-errors.ts';
import { jobPath } from './job-path.ts';

/** The files of a version, which are downloaded one by one, all of the same version. */
export async function remoteResult(
  client: GatewayClient,
  job: JobName,
  { version, formats, withAudio }: Parameters<JobReader['result']>[1],
): Promise<ResultSource> {
  if (withAudio) throw new OnlyDirectError('--with-audio');
  const listed = await client.ask(exportsSchema, jobPath(job, '/exports'), {
    query: { version, format: formats.join(',') },
  });
  // They become paths here.
  const foreign = listed.files.find(({ name }) => !isResultName(name));
  if (foreign !== undefined) throw new NoGatewayError(client.place, 'a file of no known name');
  const { id, files, filesSha256 } = listed;
  return {
    id,
    files,
    filesSha256,
    open: async (name) => {
      const path = jobPath({ reference: id }, `/exports/${name}`);
      const response = await client.open(path, { query: { version: listed.version } });
      return Readable.from(bytesOf(response, client), { objectMode: false });
    },
    addRecording: null,
  };
}

/** A line that breaks is an error: what came of the file is no file. */
async function* bytesOf(response: Response, { place }: GatewayClient): AsyncGenerator<Uint8Array> {
  try {
    for await (const block of response.body ?? []) yield block;
  } catch (error) {
    throw new GatewayUnreachableError(place, error);
  }
}
