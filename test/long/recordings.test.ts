import { afterAll, beforeAll, expect, test } from 'vitest';
import { KINDS } from '../recordings/kinds.ts';
import { REFUSALS } from '../recordings/refusals.ts';
import { compareKind } from '../recordings/compare-heard.ts';
import {
  aloneOf,
  createTranscriber,
  type Heard,
  type Transcriber,
} from '../recordings/transcribe-kinds.ts';
import type { Piece } from '../recordings/workbench.ts';
import type { Kind } from '../recordings/kind.ts';

/** All kinds of recordings, through the whole pipeline with the real Whisper. */

const PIECES: readonly Piece[] = ['A', 'B', 'greeting', 'fr', 'it', 'ru', 'zh'];
/** `HANSARD_KINDS=half,spoilt` hears those whose file names begin so. */
const WANTED = (process.env['HANSARD_KINDS'] ?? '').split(',');
const kinds = KINDS.filter(({ file }) => WANTED.some((one) => file.startsWith(one)));

let transcriber: Transcriber;
let jobs: ReadonlyMap<string, Promise<Heard | Error>>;
beforeAll(async () => {
  transcriber = await createTranscriber(PIECES);
  jobs = transcriber.hear([...aloneOf(PIECES), ...kinds]);
});
afterAll(() => transcriber.close());

const compare = (kind: Kind) => compareKind(kind, jobs, PIECES, transcriber.at);

const HOURS = 3 * 3600 * 1000;
const differencesOf = async (kind: Kind) => {
  const { figures, differences } = await compare(kind);
  process.stdout.write(`${kind.file}: ${figures}\n`);
  return differences;
};

test.each(kinds.filter(({ knownFault }) => knownFault === undefined))(
  '$file',
  async (kind) => {
    expect(await differencesOf(kind)).toEqual([]);
  },
  HOURS,
);

test.each(kinds.filter(({ knownFault }) => knownFault !== undefined))(
  '$file is not heard whole: $knownFault',
  async (kind) => {
    expect(await differencesOf(kind)).not.toEqual([]);
  },
  HOURS,
);

test.each(REFUSALS)('$file is refused', async ({ file, make, says }) => {
  const { place, at } = transcriber;
  await make(at);
  const { code, stderr } = await place.hansard('submit', at.path(file), '--no-image');
  expect({ code, says: says.test(stderr), stderr }).toEqual({ code: 2, says: true, stderr });
});
