import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { Degradation } from '../../workflows/contracts/jobs.ts';
import type { Minutes } from '../../workflows/contracts/minutes.ts';
import type { Transcript } from '../../workflows/contracts/transcript.ts';
import { PROCESS_TIMEOUT } from '../minutes/render/office/render-apart.ts';
import {
  EXPORT_FORMATS,
  renderExports,
  type Export,
  type ExportFormat,
} from '../minutes/render/render-exports.ts';
import { revisionRefused } from '../revision/revision-refused.ts';

/**
 * The files of minutes on which somebody decided: those that the version that was read has, and no others. Temporal tries
 * again where one of them cannot be made. Throws `RevisionRefused` after five tries, and at once where a document takes too
 * long: a person waits.
 *
 * @param folder of the version that was read, in the store
 * @param read the number of that version
 */
export async function renderAsRead(
  { minutes, transcript }: { readonly minutes: Minutes; readonly transcript: Transcript },
  {
    store,
    folder,
    read,
    formats: known = EXPORT_FORMATS,
    limitMs = LIMIT_MS,
    ...options
  }: {
    readonly store: Pick<ObjectStore, 'list'>;
    readonly folder: string;
    readonly read: number;
    readonly picture: Uint8Array | null;
    readonly signal: AbortSignal;
    /** Those that can be made. Default: all that there are. */
    readonly formats?: readonly ExportFormat[];
    /** How long one document may take. Default: a minute. */
    readonly limitMs?: number;
  },
): Promise<readonly Export[]> {
  const names = await documentsIn(store, folder);
  const formats = known.filter(({ name }) => names.has(name));
  // A newer worker may have made the others.
  const unknown = [...names].filter((name) => formats.every((format) => format.name !== name));
  if (unknown.length > 0) throw notAsRead(unknown, read);
  const { exports } = await renderExports(
    (missing) => {
      if (missing.length > 0)
        throw notAsRead(
          missing.map(({ role }) => role),
          read,
          tookTooLong(missing),
        );
      return minutes;
    },
    transcript,
    { ...options, formats, limitMs },
  );
  return exports;
}

/** A day of transcript takes 23 seconds, on two busy cores. */
const LIMIT_MS = 60_000;

/** The next try would take as long. */
const tookTooLong = (missing: readonly Degradation[]): boolean =>
  missing.some(({ reason }) => reason === PROCESS_TIMEOUT);

/** What people read of a version, without the records beside it. */
async function documentsIn(
  store: Pick<ObjectStore, 'list'>,
  folder: string,
): Promise<ReadonlySet<string>> {
  // Of minutes from before there were versions it lies elsewhere.
  const names = new Set(['minutes.json']);
  for await (const { key } of store.list(folder)) {
    const name = key.slice(folder.length);
    if (DOCUMENT.test(name)) names.add(name);
  }
  return names;
}

const DOCUMENT = /^(?:minutes|transcript)\.[a-z0-9]+$/;

function notAsRead(names: readonly string[], version: number, isFinal = false): ApplicationFailure {
  const fault = `${names.join(' and ')} of version ${version} cannot be made again`;
  return !isFinal && Context.current().info.attempt < MOST_TRIES
    ? ApplicationFailure.retryable(fault)
    : revisionRefused(
        `${fault}: nothing was decided; try later, or correct the minutes, which makes a version that says what is missing`,
      );
}

/** Within a quarter of a minute, if they fail at once. */
const MOST_TRIES = 5;
