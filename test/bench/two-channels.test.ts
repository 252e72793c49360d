import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MEDIA_BINARIES } from '../../adapters/media/media-binaries.ts';
import { diarizationError, readRttm } from '../../bench/diarization-error.ts';
import { hearApart, recordTwoChannels } from '../../bench/two-channels.ts';

const CONVERSATIONS = join(import.meta.dirname, '../fixtures/conversations');

test('of two real voices on two channels, who interrupt each other, nothing is given to the other', async () => {
  await using temporary = await mkdtempDisposable(join(tmpdir(), 'two-channels-'));
  const folder = temporary.path;
  const reference = readRttm(await readFile(join(CONVERSATIONS, 'reading-a.rttm'), 'utf8'));
  const reading = { path: join(CONVERSATIONS, 'reading-a.opus'), reference };
  const { ffmpeg } = MEDIA_BINARIES;
  const recording = await recordTwoChannels(reading, { folder, ffmpeg, most: 4 });
  expect(new Set(recording.reference.map(({ speaker }) => speaker))).toEqual(
    new Set(['1998', '2033']),
  );
  const overlaps = recording.reference.filter(({ start }, at, turns) =>
    turns.slice(0, at).some(({ end }) => end > start),
  );
  expect(overlaps.length).toBeGreaterThanOrEqual(3);

  const heard = await hearApart(recording, { folder, binaries: MEDIA_BINARIES });
  expect(heard.tracks).toBe(2);
  expect(diarizationError(recording.reference, heard.byWords)).toMatchObject({ rate: 0 });
  const byVoice = diarizationError(recording.reference, heard.byVoice);
  expect(byVoice.confused).toBe(0);
  expect(byVoice.rate).toBeLessThan(0.1);
});
