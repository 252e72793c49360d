import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { connectClient } from '../../adapters/temporal/connect.ts';
import { readEnvironment, workingFolder } from '../../client/config.ts';
import { scrubHistory } from './scrub-history.ts';

/** `npm run history:export -- WORKFLOW_ID FILE`: a history of the running stack, for the replay tests. */
const [id, file] = process.argv.slice(2);
if (id === undefined || file === undefined) {
  console.error('usage: npm run history:export -- WORKFLOW_ID FILE');
  process.exit(2);
}
const { env } = readEnvironment();
const client = await connectClient({ env });
try {
  const path = resolve(workingFolder(env), file);
  await writeFile(path, scrubHistory(await client.workflow.getHandle(id).fetchHistory()));
  console.log(path);
} finally {
  await client.connection.close();
}
