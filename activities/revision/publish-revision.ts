import { changeKey } from '../../adapters/object-store/keys.ts';
import { outputFolder } from '../../adapters/object-store/output-folder.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { minutesSchema } from '../../workflows/contracts/minutes.ts';
import { changeSchema } from '../../workflows/contracts/revision.ts';
import { transcriptSchema } from '../../workflows/contracts/transcript.ts';
import { startDeliveries } from '../delivery/start-deliveries.ts';
import type { Dependencies } from '../dependencies.ts';
import { publishedFacts } from '../minutes/published-facts.ts';
import { noLongerShown } from './revision-refused.ts';

/** Makes a revision the job's result, if what it changed still is. Temporal may run it again. */
export const publishRevision =
  (deps: Dependencies): Activities['publishRevision'] =>
  async ({ tenant, jobId, change, minutesKey, approval = null }) => {
    const { store, library } = deps;
    const { baseKey, kind } = await store.getJson(changeKey(tenant, jobId, change), changeSchema);
    const minutes = await store.getJson(minutesKey, minutesSchema);
    const folder = outputFolder(tenant, jobId, minutesKey);
    const transcript = await store.getJson(`${folder}transcript.json`, transcriptSchema);
    // What is decided on keeps its title, and the list the one that the job was given later.
    const given = kind === 'approval' ? (await library.find(tenant, jobId))?.title : null;
    const title = given ?? minutes.title;
    const facts = publishedFacts(minutes, transcript, { minutesKey, title, approval });
    const isPublished =
      (await library.publishRevision({ tenant, jobId }, baseKey, facts)) ||
      // An attempt before this one may have done it without hearing so.
      (await library.find(tenant, jobId))?.minutesKey === minutesKey;
    if (!isPublished) throw noLongerShown(jobId);
    await startDeliveries(deps, { tenant, jobId });
  };
