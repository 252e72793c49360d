import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { Degradation } from '../../workflows/contracts/jobs.ts';
import { minutesSchema, type Engine, type Minutes } from '../../workflows/contracts/minutes.ts';
import type { StoredResult } from '../../workflows/contracts/stored-results.ts';
import type { PipelineRole } from '../../workflows/contracts/targets.ts';
import type { Transcript } from '../../workflows/contracts/transcript.ts';
import { phrasesFor } from './render/phrases.ts';

/** Everything that one document of minutes is put together from. */
export interface MinutesParts {
  readonly input: JobInput;
  /** 1 for the first minutes of a job, one more for each later edition. */
  readonly version: number;
  readonly template: { readonly id: string; readonly version: number };
  readonly transcript: Transcript;
  /** Target names in the order they were to be asked. */
  readonly chains: Readonly<Record<PipelineRole, readonly string[]>>;
  /** The accepted answers that this document was made from, one an item. */
  readonly results: Readonly<Record<PipelineRole, readonly StoredResult[]>>;
  /** The engine of a summary that no target of the chain made; null where one did. */
  readonly simplified: Engine | null;
  readonly coverage: Minutes['coverage'];
  /** Citations verified already. */
  readonly summary: Pick<
    Minutes,
    'summary' | 'keyPoints' | 'decisions' | 'openQuestions' | 'actionItems'
  >;
  readonly degradations: readonly Degradation[];
  readonly image: Minutes['image'];
  readonly ledger: { readonly entries: number; readonly inDoubt: number };
}

/**
 * `minutes.json` from its parts. Pure: the same parts give the same minutes. Status is partial if and only if the
 * coverage has a gap or a failed section. Throws zod's error where a part breaks the schema.
 */
export function composeMinutes(parts: MinutesParts): Minutes {
  const { input, transcript } = parts;
  const coverage = roundCoverage(parts.coverage);
  return minutesSchema.parse({
    schemaVersion: 1,
    id: input.jobId,
    tenant: input.tenant,
    version: parts.version,
    title: titleOf(input, transcript.language),
    date: input.options.date,
    language: transcript.language,
    languages: languagesBySeconds(transcript),
    durationSeconds: milliseconds(transcript.durationSeconds),
    status: coverage.gaps.length + coverage.failedSections.length === 0 ? 'complete' : 'partial',
    approval: null,
    template: { id: parts.template.id, version: parts.template.version },
    source: {
      kind: input.source.kind,
      name: input.source.name,
      sha256: input.source.sha256,
      bytes: input.source.bytes,
    },
    engines: {
      transcribe: engines(parts.results.transcribe, parts.chains.transcribe),
      summarize: [
        ...engines(parts.results.summarize, parts.chains.summarize),
        ...(parts.simplified === null ? [] : [parts.simplified]),
      ],
      illustrate: engines(parts.results.illustrate, parts.chains.illustrate),
      moderate: engines(parts.results.moderate, parts.chains.moderate),
    },
    coverage,
    degradations: parts.degradations.map((degradation) => ({
      ...degradation,
      spans: degradation.spans.map(roundSpan),
    })),
    // Nobody tells the voices apart yet.
    speakers: [],
    summary: parts.summary.summary,
    keyPoints: parts.summary.keyPoints.map(roundCitations),
    decisions: parts.summary.decisions.map(roundCitations),
    openQuestions: parts.summary.openQuestions.map(roundCitations),
    actionItems: parts.summary.actionItems.map(roundCitations),
    sections: [],
    image: parts.image,
    cost: { totalUsd: null, entries: parts.ledger.entries, inDoubt: parts.ledger.inDoubt },
  } satisfies Minutes);
}

function titleOf(input: JobInput, language: string | null): string {
  const given = input.title?.trim();
  if (given) return given;
  const baseName = input.source.name.replace(/^.*[/\\]/, '');
  // An extension begins with a letter: "board 3.11" keeps its number.
  const stem = baseName.replace(/\.[A-Za-z][A-Za-z0-9]{0,4}$/, '') || baseName;
  const phrases = phrasesFor(language);
  return phrases.minutesOf(stem, input.options.date && phrases.day(input.options.date));
}

function languagesBySeconds(transcript: Transcript): string[] {
  const seconds = new Map<string, number>();
  for (const { language, start, end } of transcript.segments) {
    if (language === null) continue;
    const spoken = start === null || end === null ? 0 : Math.max(0, end - start);
    seconds.set(language, (seconds.get(language) ?? 0) + spoken);
  }
  return [...seconds]
    .sort(([a, longer], [b, shorter]) => shorter - longer || (a < b ? -1 : 1))
    .map(([language]) => language);
}

/** One line for each target and model that answered, in the order of the chain; targets outside it come last. */
function engines(results: readonly StoredResult[], chain: readonly string[]): Engine[] {
  const lines = new Map<string, Engine>();
  for (const { target, model, provider, label } of results) {
    const identity = JSON.stringify([target, model, provider, label]);
    const items = (lines.get(identity)?.items ?? 0) + 1;
    lines.set(identity, { target, model, provider, items, label });
  }
  const place = ({ target }: Engine) => {
    const index = chain.indexOf(target);
    return index === -1 ? chain.length : index;
  };
  return [...lines]
    .sort(([a, left], [b, right]) => place(left) - place(right) || (a < b ? -1 : 1))
    .map(([, engine]) => engine);
}

function roundCoverage(coverage: Minutes['coverage']): Minutes['coverage'] {
  return {
    ...coverage,
    audioSeconds: milliseconds(coverage.audioSeconds),
    transcribedSeconds: milliseconds(coverage.transcribedSeconds),
    silenceSeconds: milliseconds(coverage.silenceSeconds),
    gaps: coverage.gaps.map(roundSpan),
    failedSections: coverage.failedSections.map(roundSpan),
  };
}

function roundCitations<
  T extends { readonly citations: Minutes['keyPoints'][number]['citations'] },
>(statement: T): T {
  return { ...statement, citations: statement.citations.map(roundSpan) };
}

function roundSpan<T extends { readonly start: number | null; readonly end: number | null }>(
  span: T,
): T {
  return {
    ...span,
    start: span.start === null ? null : milliseconds(span.start),
    end: span.end === null ? null : milliseconds(span.end),
  };
}

const milliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000;
