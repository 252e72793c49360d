import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { JobRow } from '../../adapters/database/job-library.ts';
import { outputFolder } from '../../adapters/object-store/output-folder.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { describeIssue } from '../../adapters/settings/describe-issue.ts';
import {
  editedMinutesSchema,
  editedSchema,
  editedTranscriptSchema,
  type Edited,
  type EditedTranscript,
} from '../../workflows/contracts/edited.ts';
import { NoResultError } from './fetch-result.ts';
import { VersionOutdatedError } from './of-version.ts';
import { readEditedFile, UnusableEditError } from './read-edited-file.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * What a person changed in a `minutes.json` or `transcript.json` of the version that a job shows; null: nothing. Nothing
 * is stored yet. Throws `UnusableEditError`, which names every wrong field and repeats none, `NoResultError`, and
 * `VersionOutdatedError`.
 *
 * @param madeFrom version that the file was made from, as the person says; undefined: they do not
 */
export async function editedChange(
  path: string,
  row: JobRow,
  {
    store,
    madeFrom,
  }: { readonly store: Pick<ObjectStore, 'getJson'>; readonly madeFrom: number | undefined },
): Promise<Edited | null> {
  const file = await readEditedFile(path);
  const kind = kindOf(file, path);
  if (row.minutesKey === null) throw new NoResultError(row);
  // As it was stored: a newer version of Hansard may have written fields that this one does not know.
  const minutes: Json = await store.getJson(row.minutesKey, z.looseObject({}));
  requireJob(file, row.id, path);
  for (const version of [madeFrom, kind === 'minutes' ? file['version'] : undefined]) {
    if (version !== undefined) requireVersion(version, Number(minutes['version']), row.id, path);
  }
  if (kind === 'minutes') {
    const edited = checked(editedMinutesSchema, { ...file, file: kind }, path);
    requireSame(minutesFacts(minutes), minutesFacts(file), path);
    return changed(edited, editedSchema.safeParse({ ...minutes, file: kind }).data);
  }
  const folder = outputFolder(row.tenant, row.id, row.minutesKey);
  const transcript: Json = await store.getJson(`${folder}transcript.json`, z.looseObject({}));
  const edited = checked(editedTranscriptSchema, { ...file, file: kind }, path);
  requireSame(transcriptFacts(transcript), transcriptFacts(file), path);
  const base = editedSchema.safeParse({ ...transcript, file: kind }).data;
  requireTimes(edited, base, Number(transcript['durationSeconds']), path);
  return changed(edited, base);
}

function kindOf(file: Json, path: string): Edited['file'] {
  if ('segments' in file) return 'transcript';
  if ('keyPoints' in file || 'summary' in file) return 'minutes';
  throw new UnusableEditError(
    `${path} is neither minutes.json nor transcript.json: it has no segments, no summary and no keyPoints`,
  );
}

function requireJob({ id }: Json, jobId: string, path: string): void {
  if (id === undefined || id === jobId) return;
  throw new UnusableEditError(`${path} has the minutes of another job than ${jobId}`);
}

function requireVersion(version: unknown, shown: number, jobId: string, path: string): void {
  if (version === shown) return;
  const made = z.int().positive().safeParse(version).data;
  if (made === undefined) {
    throw new UnusableEditError(
      `${path}: version: must be ${shown}, the version that job ${jobId} shows`,
    );
  }
  throw new VersionOutdatedError(
    `${path} is made from version ${made}, and version ${shown} is shown now: make your changes in the files ` +
      `that npm run -s hansard -- result ${jobId} --out DIR writes`,
  );
}

/** Problems that are told at once. */
const TOLD = 5;

function checked<T extends Edited>(schema: z.ZodType<T>, value: unknown, path: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refusal(path, parsed.error.issues.map(describeIssue));
}

function refusal(path: string, problems: readonly string[]): UnusableEditError {
  const more = problems.length - TOLD;
  const told = [...problems.slice(0, TOLD), ...(more > 0 ? [`and ${more} more`] : [])];
  return new UnusableEditError(told.map((problem) => `${path}: ${problem}`).join('\n'));
}

/** The fields that are no person's to change: the machine measured, counted or derived them. */
function minutesFacts(minutes: Json): Json {
  const facts: Record<string, unknown> = { ...minutes };
  for (const name of Object.keys(editedMinutesSchema.shape)) delete facts[name];
  // These hold both.
  return {
    ...facts,
    speakers: without(['name'], minutes['speakers']),
    sections: without(['items', 'unwritten'], minutes['sections']),
  };
}

function without(names: readonly string[], list: unknown): unknown {
  return z
    .array(z.looseObject({}))
    .catch([])
    .parse(list)
    .map((one) => Object.fromEntries(Object.entries(one).filter(([key]) => !names.includes(key))));
}

function transcriptFacts(transcript: Json): Json {
  const { segments: _, language: __, ...facts } = transcript;
  return facts;
}

function requireSame(base: Json, file: Json, path: string): void {
  const names = new Set([...Object.keys(base), ...Object.keys(file)]);
  const problems = [...names].flatMap((name) => {
    const place = firstDifference(base[name], file[name], name);
    return place === null ? [] : [`${place}: ${adviceOn(name, base, file)}`];
  });
  if (problems.length > 0) throw refusal(path, problems);
}

function adviceOn(name: string, base: Json, file: Json): string {
  if (!(name in base)) return 'is no field of this file';
  if (!(name in file)) return 'is missing, and cannot be removed';
  if (name === 'approval') return 'cannot be changed here: approve, return and delegate do it';
  return name === 'language' || name === 'languages' || name === 'speakers'
    ? 'cannot be changed here: it follows from transcript.json'
    : 'cannot be changed: it says what the machine did';
}

/** Where two values differ first, as the path of a field; null: they do not. */
function firstDifference(base: unknown, file: unknown, place: string): string | null {
  if (canonicalize(base) === canonicalize(file)) return null;
  const [was, is] = [entriesOf(base), entriesOf(file)];
  if (was === null || is === null || Array.isArray(base) !== Array.isArray(file)) return place;
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    const known = /^\w{1,40}$/.test(name) ? name : '…';
    const inner = Array.isArray(base) ? `${place}[${name}]` : `${place}.${known}`;
    const found = firstDifference(was.get(name), is.get(name), inner);
    if (found !== null) return found;
  }
  return place;
}

const entriesOf = (value: unknown): ReadonlyMap<string, unknown> | null =>
  typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : null;

/** Seconds after the end that a rounded time may lie. */
const ROUNDING = 0.5;

function requireTimes(
  { segments }: EditedTranscript,
  base: Edited | undefined,
  durationSeconds: number,
  path: string,
): void {
  const isOrdered = base?.file === 'transcript' && disorderIn(base.segments) === null;
  const late = segments.findIndex(
    ({ start, end }) => Math.max(start ?? 0, end ?? 0) > durationSeconds + ROUNDING,
  );
  const disorder = isOrdered ? disorderIn(segments) : null;
  const problems = [
    ...(durationSeconds > 0 && late !== -1
      ? [`segments[${late}]: is after the end of the recording (${durationSeconds} s)`]
      : []),
    ...(disorder === null
      ? []
      : [`segments[${disorder}].start: is before the start of the segment above it`]),
  ];
  if (problems.length > 0) throw refusal(path, problems);
}

/** The first segment that starts before the one above it. */
function disorderIn(segments: EditedTranscript['segments']): number | null {
  let latest = 0;
  for (const [index, { start }] of segments.entries()) {
    if (start === null) continue;
    if (start < latest) return index;
    latest = start;
  }
  return null;
}

/** Ids of segments only say which is which: a segment that has its words keeps its own. */
function changed(edited: Edited, base: Edited | undefined): Edited | null {
  const contentOf = (one: Edited | undefined) =>
    canonicalize(
      one?.file === 'transcript'
        ? { ...one, segments: one.segments.map((segment) => ({ ...segment, id: '' })) }
        : one,
    );
  return contentOf(edited) === contentOf(base) ? null : edited;
}
