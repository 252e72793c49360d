import { digestOf } from '../../adapters/identity/digest.ts';
import { reductionKey } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { chainCounter } from './chain-counter.ts';
import type { Dependencies } from '../dependencies.ts';
import { groupDrafts, sizeOfDraft } from './reduce-groups.ts';
import { readPartials, readTranscript, reductionSchema } from './partial-summaries.ts';
import { readJobInput } from '../job/read-job-input.ts';

/**
 * Says which partial summaries go together into one reducing call; none when a single one is left. A plan for the same
 * summaries stands, whatever counts their tokens now: its answers may be held already.
 */
export const planReduction =
  (deps: Dependencies): Activities['planReduction'] =>
  async (at) => {
    const { tenant, jobId, level, generation, contextTokens } = at;
    const { store } = deps;
    const key = reductionKey(tenant, jobId, level, generation, contextTokens);
    const job = await readJobInput(store, at);
    const { language } = await readTranscript(store, job);
    const partials = await readPartials(store, job, at, level, language);
    const partialsSha256 = digestOf(partials.map(({ draft }) => draft));
    const held = await store.findJson(key, reductionSchema);
    if (held?.partialsSha256 === partialsSha256) return { groups: held.groups.length };

    const count = await chainCounter(deps);
    const sizes = partials.map(({ draft }) => sizeOfDraft(draft, count));
    const groups = groupDrafts(sizes, { contextTokens, count });
    await store.putJson(key, { schemaVersion: 1, partialsSha256, groups });
    return { groups: groups.length };
  };
