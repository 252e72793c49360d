import { join } from 'node:path';
import { copyAsOpus } from '../../adapters/media/copy-as-opus.ts';
import { heardKey } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';
import { readJobInput } from '../job/read-job-input.ts';
import { withFolder } from '../with-folder.ts';
import { withHeartbeat } from '../with-heartbeat.ts';
import { fetchSource } from './fetch-source.ts';

/** Stores what is heard of a job's recording in a form that browsers play. Once it is stored, it does nothing. */
export const storeHeard =
  (deps: Dependencies): Activities['storeHeard'] =>
  async (call) =>
    await withHeartbeat(async ({ signal }) => {
      const { store, binaries, scratchDirectory } = deps;
      const job = await readJobInput(store, call);
      const key = heardKey(job.tenant, job.source.sha256);
      if ((await store.head(key)) !== null) return;
      await withFolder(scratchDirectory, async (scratch) => {
        const path = await fetchSource(deps, job, scratch, signal);
        const copyPath = join(scratch, 'heard.ogg');
        await copyAsOpus({ path, copyPath, scratch, binaries, signal });
        await store.putFile(key, copyPath, { contentType: 'audio/ogg', signal });
      });
    });
