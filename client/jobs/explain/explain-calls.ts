import pMap from 'p-map';
import type { Database } from '../../../adapters/database/create-database.ts';
import type { JobRow } from '../../../adapters/database/job-library.ts';
import { ledgerTries, type LedgerTry } from '../../../adapters/database/ledger-tries.ts';
import { resultKey, sourceHome } from '../../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../../adapters/object-store/object-store.ts';
import { parseReason } from '../../../workflows/contracts/degradation-reason.ts';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Provenance } from '../../../workflows/contracts/provenance.ts';
import {
  storedResultSchema,
  type StoredResult,
} from '../../../workflows/contracts/stored-results.ts';
import type { Role } from '../../../workflows/contracts/targets.ts';
import type { ExplainedCall, ExplainedTry } from './explanation.ts';
import { reasonOf } from './written-by.ts';

interface Sources {
  readonly row: Pick<JobRow, 'tenant' | 'id'>;
  readonly minutes: Minutes;
  readonly provenance: Provenance;
  readonly store: ObjectStore;
  readonly database: Database;
}

/** The stored answers of these calls, and what the ledger says of the work that they did; in the order of the keys. */
export async function explainCalls(
  callKeys: readonly string[],
  sources: Sources,
): Promise<ExplainedCall[]> {
  const { row, minutes, provenance, store, database } = sources;
  const home = sourceHome(row.tenant, minutes.source.sha256);
  const again = new Set(
    provenance.recording?.chunks.flatMap((chunk) => chunk.again.map(({ callKey }) => callKey)),
  );
  const heard = new Set(provenance.recording?.chunks.map(({ callKey }) => callKey));
  const roleOf = (key: string): Role => {
    if (again.has(key) || heard.has(key)) return 'transcribe';
    return key === provenance.diarize ? 'diarize' : 'summarize';
  };
  const answers = await pMap(
    callKeys,
    async (key) => await store.findJson(resultKey(home, roleOf(key), key), storedResultSchema),
    { concurrency: 16 },
  );
  const workKeys = answers.flatMap((answer) => (answer === null ? [] : workKeysOf(answer)));
  const job = { tenant: row.tenant, jobId: row.id };
  const tries = await ledgerTries(database, job, { callKeys, workKeys });
  return callKeys.map((callKey, index) => {
    const answer = answers[index] ?? null;
    const works = new Set(answer === null ? [] : workKeysOf(answer));
    const repairs = answer?.asked?.repairs !== undefined;
    return {
      callKey,
      role: roleOf(callKey),
      question: repairs ? 'repair' : again.has(callKey) ? 'again' : 'first',
      answer: answer === null ? null : answerOf(answer, sources),
      tries: tries.filter(({ workKey }) => works.has(workKey)).map(toTry),
      insteadOf: answer === null ? [] : insteadOf(answer, minutes),
    };
  });
}

/** A repair is the end of what began with the plain question. */
const workKeysOf = ({ workKey, asked }: StoredResult): string[] => [
  workKey,
  ...(asked?.repairs === undefined ? [] : [asked.repairs]),
];

function answerOf(answer: StoredResult, { minutes, provenance }: Sources): ExplainedCall['answer'] {
  const { target, contract, model, label, servedModel, provider, revision, createdAt } = answer;
  const { asked } = answer;
  return {
    target,
    contract,
    model,
    label,
    servedModel,
    provider,
    revision,
    at: createdAt,
    promptVersion: asked?.promptVersion ?? null,
    template: asked?.template ?? null,
    isEarlier:
      asked?.promptVersion !== provenance.summary.promptVersion &&
      minutes.degradations.some(({ stage, level, target: earlier, reason }) => {
        const parsed = parseReason(reason);
        return (
          stage === 'summarize' &&
          level === 'earlier' &&
          earlier === target &&
          parsed?.kind === 'earlier_prompt' &&
          createdAt.startsWith(parsed.date)
        );
      }),
  };
}

/** What the minutes say of why this target answered, and not the one before it in the chain. */
const insteadOf = (
  { role, target }: StoredResult,
  { degradations }: Minutes,
): ExplainedCall['insteadOf'] =>
  degradations
    .filter((one) => one.role === role && one.level === 'fallback' && one.target === target)
    .map(({ reason }) => reasonOf(reason));

function toTry(row: LedgerTry): ExplainedTry {
  const { jobId, callKey, ordinal, target, state, verdict, nanoDollars } = row;
  return {
    jobId,
    callKey,
    ordinal,
    target,
    state,
    verdict,
    at: (row.settledAt ?? row.createdAt).toISOString(),
    usage: {
      inputTokens: wholeOrNull(row.inputTokens),
      outputTokens: wholeOrNull(row.outputTokens),
      audioSeconds: row.audioSeconds,
      images: row.images,
      computeSeconds: row.computeSeconds,
    },
    costUsd: nanoDollars === null ? null : Number(nanoDollars) / 1e9,
  };
}

/** The driver reads a bigint as text. */
const wholeOrNull = (value: string | null): number | null =>
  value === null ? null : Number(value);
