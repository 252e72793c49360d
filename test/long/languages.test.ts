import { afterAll, beforeAll, expect, test } from 'vitest';
import { IN_LANGUAGES } from '../recordings/kinds.ts';
import { compareKind } from '../recordings/compare-heard.ts';
import {
  aloneOf,
  createTranscriber,
  type Heard,
  type Transcriber,
} from '../recordings/transcribe-kinds.ts';
import type { Kind } from '../recordings/kind.ts';
import type { Piece } from '../recordings/workbench.ts';

/** Where the language changes inside a chunk, and the contract tells what Whisper's decoder says of itself. */

const PIECES: readonly Piece[] = ['A', 'B', 'fr', 'it', 'ru', 'zh'];

let transcriber: Transcriber;
let jobs: ReadonlyMap<string, Promise<Heard | Error>>;
beforeAll(async () => {
  transcriber = await createTranscriber(PIECES, { figures: true });
  jobs = transcriber.hear([...aloneOf(PIECES), ...IN_LANGUAGES]);
});
afterAll(() => transcriber.close());

const differencesOf = async (kind: Kind) => {
  const { figures, differences } = await compareKind(kind, jobs, PIECES, transcriber.at);
  process.stdout.write(`${kind.file}: ${figures}\n`);
  return differences;
};

test.each(IN_LANGUAGES)(
  '$file',
  async (kind) => {
    expect(await differencesOf(kind)).toEqual([]);
  },
  3600_000,
);
