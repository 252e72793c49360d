import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareKind } from './compare-heard.ts';
import { aloneOf, createTranscriber, type Heard, type Transcriber } from './transcribe-kinds.ts';
import { KINDS } from './kinds.ts';
import { REFUSALS } from './refusals.ts';
import type { Kind } from './kind.ts';
import type { Piece } from './workbench.ts';

/**
 * Recordings as people really have them, through the whole pipeline with the real Whisper: the words are found where they
 * were said. `npm run test:recordings` hears all kinds, this file those that differ most.
 */

const PIECES: readonly Piece[] = ['A', 'B'];
const SHORT = KINDS.filter(({ short }) => short);

let transcriber: Transcriber;
/** By file name: the jobs run at once, because most of a job's time is waiting. */
let jobs: ReadonlyMap<string, Promise<Heard | Error>>;

beforeAll(async () => {
  transcriber = await createTranscriber(PIECES);
  jobs = transcriber.hear([...aloneOf(PIECES), ...SHORT]);
});
afterAll(() => transcriber.close());

const compare = (kind: Kind) => compareKind(kind, jobs, PIECES, transcriber.at);

test.each(SHORT)(
  '$file',
  async (kind) => {
    expect((await compare(kind)).differences).toEqual([]);
  },
  300_000,
);

test('without --strict, a damaged recording is done with exit code 0', async () => {
  const { place, at } = transcriber;
  const path = at.path('spoilt.opus');
  await jobs.get('spoilt.opus');
  expect((await place.hansard('submit', path, '--no-image', '--watch')).code).toBe(0);
}, 300_000);

test.each(REFUSALS.filter(({ short }) => short))(
  '$file is refused',
  async ({ file, make, says }) => {
    const { place, at } = transcriber;
    await make(at);
    const { code, stderr } = await place.hansard('submit', at.path(file), '--no-image');
    expect({ code, says: says.test(stderr), stderr }).toEqual({ code: 2, says: true, stderr });
  },
  120_000,
);
