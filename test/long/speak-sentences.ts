import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mapConcurrent } from '../../activities/map-concurrent.ts';
import { createRandom, type Random } from '../../local/inference-server/models/random.ts';
import type { Speech } from '../support/write-recording.ts';

/** Different sentences in four voices; each takes flite some 50 ms. The same for the same seed. */
export async function speakSentences(count: number, seed: string): Promise<[Speech, ...Speech[]]> {
  const random = createRandom(seed);
  const texts = new Set<string>();
  while (texts.size < count) texts.add(sentence(random));
  const folder = await mkdtemp(join(tmpdir(), 'hansard-speech-'));
  try {
    const speak = async (text: string, index: number) => {
      const path = join(folder, `${index}.wav`);
      const voice = VOICES[index % VOICES.length] ?? 'slt';
      await promisify(execFile)('flite', ['-voice', voice, '-t', text, '-o', path]);
      return samplesOf(await readFile(path));
    };
    const [first, ...rest] = await mapConcurrent([...texts], speak, 2);
    if (first === undefined) throw new RangeError('at least one sentence');
    return [first, ...rest];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Those of flite that speak at 16 kHz. */
const VOICES = ['slt', 'rms', 'awb', 'kal16'];

/** The samples of a WAV whose format chunk is the usual 16 bytes, as flite writes it. */
function samplesOf(wav: Buffer): Buffer {
  if (wav.toString('latin1', 36, 40) !== 'data' || wav.readUInt32LE(24) !== 16_000) {
    throw new Error('flite did not write a WAV of 16 kHz');
  }
  return wav.subarray(44);
}

function sentence(random: Random): string {
  const [one, other] = [random.pick(THINGS), random.pick(THINGS)];
  const count = 2 + Math.floor(random.number() * 97);
  return random.pick([
    `${random.pick(PEOPLE)} said that the ${one} ${random.pick(STATES)}, and so we look at the ${other} again.`,
    `We decided to move the ${one} to week ${count}.`,
    `${random.pick(PEOPLE)} will send the ${one} to everybody by ${random.pick(DAYS)}.`,
    `Who can tell me why the ${one} takes ${count} days longer than the ${other}?`,
    `If the ${one} ${random.pick(STATES)}, then ${count} people have to wait for the ${other}, and nobody wants that.`,
    `Yes, the ${one}.`,
  ]);
}

const PEOPLE = ['Nora', 'Peter', 'Martin', 'Helen', 'The harbour team', 'Finance'] as const;
const DAYS = ['Monday', 'Wednesday', 'Friday', 'the end of the month'] as const;
const STATES = [
  'is late',
  'costs too much',
  'was approved',
  'needs another week',
  'works at last',
  'is missing two pages',
] as const;
const THINGS = [
  'budget',
  'timetable',
  'contract',
  'survey',
  'prototype',
  'warehouse plan',
  'risk list',
  'training',
  'floor plan',
  'supplier report',
  'data migration',
  'audit',
] as const;
