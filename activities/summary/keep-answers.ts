import { z } from 'zod';
import { scratchAnswersKey, scratchPrefix } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { Answers, PlanReduction } from '../../workflows/contracts/summarizing.ts';
import { schemaVersion } from '../../workflows/contracts/schema-version.ts';
import type { Dependencies } from '../dependencies.ts';
import { runIdOf } from '../job/run-id-of.ts';
import { mapConcurrent } from '../map-concurrent.ts';

const answersSchema = z.object({
  schemaVersion: schemaVersion(1),
  answers: z.array(z.string().nullable()),
});

/** Stores a part of the answers of a level, as scratch of the run: the level's manifest has them in the end. */
export const keepAnswers =
  ({ store }: Dependencies): Activities['keepAnswers'] =>
  async ({ answers, part, ...at }) => {
    await store.putJson(partKey(at, part), { schemaVersion: 1, answers });
  };

/** All answers of a level: those of its stored parts, then those that the workflow names. */
export async function allAnswers(store: ObjectStore, at: PlanReduction): Promise<Answers> {
  const { answers = [], parts = 0 } = at;
  const kept = await mapConcurrent([...Array(parts).keys()], (part) =>
    store.getJson(partKey(at, part), answersSchema),
  );
  return [...kept.flatMap((one) => one.answers), ...answers];
}

function partKey(
  at: Pick<PlanReduction, 'tenant' | 'jobId' | 'runId' | 'generation' | 'level'>,
  part: number,
): string {
  const { tenant, jobId, generation, level } = at;
  return scratchAnswersKey(scratchPrefix(tenant, jobId, runIdOf(at)), { generation, level, part });
}
