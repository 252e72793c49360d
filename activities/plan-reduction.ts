import { reductionKey } from '../adapters/object-store/keys.ts';
import type { Activities } from '../workflows/contracts/activities.ts';
import type { Dependencies } from './dependencies.ts';
import { countTokens } from './minutes/count-tokens.ts';
import { groupDrafts } from './minutes/reduce-groups.ts';
import { readPartials, readTranscript } from './partial-summaries.ts';
import { readJobInput } from './read-job-input.ts';

/** Says which partial summaries go together into one reducing call; none when a single one is left. */
export const planReduction =
  ({ store }: Dependencies): Activities['planReduction'] =>
  async (at) => {
    const { tenant, jobId, level, generation, contextTokens } = at;
    const job = await readJobInput(store, at);
    const { language } = await readTranscript(store, job);
    const partials = await readPartials(store, job, at, level, language);
    const sizes = partials.map(({ draft }) => countTokens(JSON.stringify(draft)));
    const groups = groupDrafts(sizes, contextTokens);
    await store.putJson(reductionKey(tenant, jobId, level, generation, contextTokens), {
      schemaVersion: 1,
      groups,
    });
    return { groups: groups.length };
  };
