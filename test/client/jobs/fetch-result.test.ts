import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sourceDigest } from '../../../adapters/identity/source-digest.ts';
import type { JobRow } from '../../../adapters/database/job-library.ts';
import { MEDIA_BINARIES, runMediaTool } from '../../../adapters/media/media-binaries.ts';
import {
  createObjectStore,
  type ObjectStore,
} from '../../../adapters/object-store/object-store.ts';
import {
  jobHome,
  jobInputKey,
  outputKey,
  publishedKey,
  sourceKey,
} from '../../../adapters/object-store/keys.ts';
import { parseS3Settings } from '../../../adapters/object-store/parse-s3-settings.ts';
import { exitCode } from '../../../client/cli/exit-codes.ts';
import { addRecording } from '../../../client/jobs/add-recording.ts';
import { fetchZip } from '../../../client/jobs/fetch-zip.ts';
import {
  fetchResult,
  NoResultError,
  parseFormats,
  RESULT_FORMATS,
} from '../../../client/jobs/fetch-result.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import { testStack } from '../../support/stack.ts';
import { freshTenant } from '../fresh-tenant.ts';

const ID = 'aaaaaaaabbbbbbbbbbbbbbbbbb';
const DIGEST = 'd'.repeat(64);
let tenant: string;
let store: ObjectStore;
let folder: string;

beforeEach(async () => {
  tenant = freshTenant();
  store = createObjectStore(parseS3Settings(testStack().env));
  folder = await mkdtemp(join(tmpdir(), 'hansard-result-'));
});
afterEach(async () => {
  store.close();
  await rm(folder, { recursive: true, force: true });
});

const minutesKey = () => outputKey(tenant, ID, 2, 'minutes.json');
const row = (change: Partial<JobRow> = {}) =>
  ({
    tenant,
    id: ID,
    status: 'completed',
    result: 'complete',
    minutesKey: minutesKey(),
    failure: null,
    failureMessage: null,
    ...change,
  }) as JobRow;

function minutes(pictureKey: string | null): Minutes {
  return {
    schemaVersion: 1,
    id: ID,
    tenant,
    version: 1,
    title: 'Weekly',
    date: null,
    language: 'en',
    languages: ['en'],
    durationSeconds: 1,
    status: 'complete',
    approval: null,
    template: { id: 'standard', version: 1 },
    source: { kind: 'recording', name: 'a.flac', sha256: DIGEST, bytes: 1 },
    engines: { transcribe: [], summarize: [], illustrate: [], moderate: [] },
    coverage: {
      audioSeconds: 1,
      transcribedSeconds: 1,
      silenceSeconds: 0,
      gaps: [],
      transcriptCharacters: 1,
      summarizedCharacters: 1,
      sections: 1,
      failedSections: [],
    },
    degradations: [],
    speakers: [],
    summary: 'Nothing.',
    keyPoints: [],
    decisions: [],
    openQuestions: [],
    actionItems: [],
    sections: [],
    image: {
      key: pictureKey,
      verdict: pictureKey === null ? 'held' : 'safe',
      score: 0,
      quality: 1,
      watermark: null,
      model: 'm',
      prompt: 'p',
    },
    cost: { totalUsd: null, entries: 0, inDoubt: 0 },
  };
}

const FILES = [
  'minutes.md',
  'minutes.html',
  'minutes.docx',
  'minutes.pdf',
  'transcript.json',
  'transcript.vtt',
  'transcript.srt',
] as const;

async function publish(pictureKey: string | null = publishedKey(tenant, ID, DIGEST, 'png')) {
  const contentType = 'text/plain';
  await store.putJson(minutesKey(), minutes(pictureKey));
  for (const name of FILES) {
    await store.put(outputKey(tenant, ID, 2, name), name, { contentType });
  }
  if (pictureKey !== null) await store.put(pictureKey, 'picture', { contentType });
}

const fetchInto = (
  out: string,
  formats: readonly (typeof RESULT_FORMATS)[number][] = RESULT_FORMATS,
) => fetchResult(row(), store, { folder: out, formats });

test('all files come into a folder that is made for them', async () => {
  await publish();
  const out = join(folder, 'new', 'folder');
  const files = await fetchInto(out);
  const names = (await readdir(out)).sort();
  expect(names).toEqual([
    'illustration.png',
    'minutes.docx',
    'minutes.html',
    'minutes.json',
    'minutes.md',
    'minutes.pdf',
    'transcript.json',
    'transcript.srt',
    'transcript.vtt',
  ]);
  expect(files.map(({ name }) => name).sort()).toEqual(names);
  expect(await readFile(join(out, 'illustration.png'), 'utf8')).toBe('picture');
});

test('formats choose: the picture comes with what shows it', async () => {
  await publish();
  const chosen = async (...formats: (typeof RESULT_FORMATS)[number][]) =>
    (await fetchInto(folder, formats)).map(({ name }) => name).sort();
  expect(await chosen('vtt', 'srt')).toEqual(['transcript.srt', 'transcript.vtt']);
  expect(await chosen('json')).toEqual(['minutes.json', 'transcript.json']);
  expect(await chosen('md')).toEqual(['illustration.png', 'minutes.md']);
  expect(await chosen('docx', 'pdf')).toEqual(['minutes.docx', 'minutes.pdf']);
});

test('--format takes formats, and zip for all or for those beside it', () => {
  expect(parseFormats(undefined)).toEqual({ formats: RESULT_FORMATS, zip: false });
  expect(parseFormats('zip')).toEqual({ formats: RESULT_FORMATS, zip: true });
  expect(parseFormats('PDF, zip,md')).toEqual({ formats: ['md', 'pdf'], zip: true });
  expect(() => parseFormats('md,odt')).toThrow('--format "odt" is unknown');
  expect(() => parseFormats('')).toThrow('--format "" is unknown');
});

test('minutes from before there were documents for the office give the others, and say so if asked for those', async () => {
  await publish(null);
  for (const name of ['minutes.docx', 'minutes.pdf']) {
    await store.delete(outputKey(tenant, ID, 2, name));
  }
  expect(await fetchInto(folder)).toHaveLength(6);
  await expect(fetchInto(folder, ['docx', 'pdf'])).rejects.toThrow(
    `job ${ID} has no file of the format docx, pdf`,
  );
});

test('a zip holds what the folder would, the same bytes each time, and leaves nothing beside it', async () => {
  await publish();
  const zipped = () =>
    fetchZip(join(folder, 'out'), (into) =>
      fetchResult(row(), store, { folder: into, formats: ['md', 'srt'] }),
    );
  const path = join(folder, 'out', 'minutes.zip');
  expect(await zipped()).toEqual([{ name: 'minutes.zip', path }]);
  const first = await readFile(path);
  expect(Object.keys(unzipSync(first))).toEqual([
    'illustration.png',
    'minutes.md',
    'transcript.srt',
  ]);
  await zipped();
  expect(await readFile(path)).toEqual(first);
  expect(await readdir(join(folder, 'out'))).toEqual(['minutes.zip']);
});

const PAGE = '<p>minutes</p><meta name="hansard-audio" content="">';

/** The job as submitted, and its page in the folder. */
async function submitted(source: JobInput['source']) {
  await publish(null);
  await store.put(outputKey(tenant, ID, 2, 'minutes.html'), PAGE, { contentType: 'text/html' });
  await store.putJson(jobInputKey(tenant, ID), {
    schemaVersion: 2,
    kind: 'minutes',
    tenant,
    jobId: ID,
    source,
    title: null,
    options: { date: null, language: null, attendees: [], template: 'standard', image: false },
    forceNonce: null,
    submittedAt: '2026-03-02T10:00:00Z',
  } satisfies JobInput);
  await fetchInto(folder, ['html']);
}

/** Stores a tone under its digest, and gives its place in the input of a job. */
async function storedTone(name: string, { hertz, seconds }: { hertz: number; seconds: number }) {
  const path = join(folder, name);
  const tone = `sine=frequency=${hertz}:duration=${seconds}`;
  await runMediaTool('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', tone, '-ac', '2', path]);
  const body = await readFile(path);
  const sha256 = createHash('sha256').update(body).digest('hex');
  await store.put(sourceKey(tenant, sha256), body, { contentType: 'audio/wav' });
  return { name, sha256, bytes: body.length };
}

const withRecording = () => addRecording(row(), store, { folder, binaries: MEDIA_BINARIES });

async function secondsOf(path: string): Promise<number> {
  const { stdout } = await runMediaTool('ffprobe', ['-show_entries', 'format=duration', path]);
  return Number(/duration=([\d.]+)/.exec(stdout)?.[1]);
}

/** How often the sound from `start` on, for half a second, goes through zero upwards in a second. */
async function hertzAt(path: string, start: number): Promise<number> {
  const wave = join(folder, 'part.s16le');
  const part = ['-ss', `${start}`, '-t', '0.5', '-ac', '1', '-ar', '16000', '-f', 's16le'];
  await runMediaTool('ffmpeg', ['-v', 'error', '-y', '-i', path, ...part, wave]);
  const bytes = await readFile(wave);
  const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  return samples.filter((sample, at) => sample >= 0 && (samples[at - 1] ?? 0) < 0).length * 2;
}

test('the recording lies beside the page, as long as it was, and the page plays it', async () => {
  const file = await storedTone('tone.wav', { hertz: 440, seconds: 3 });
  await submitted({ kind: 'recording', ...file, durationSeconds: 3 });
  const { path } = await withRecording();
  expect(await readFile(join(folder, 'minutes.html'), 'utf8')).toBe(
    '<p>minutes</p><meta name="hansard-audio" content="recording.ogg">',
  );
  const first = await readFile(path);
  expect(first.subarray(0, 4).toString()).toBe('OggS');
  expect(first.includes('OpusHead')).toBe(true);
  expect(await secondsOf(path)).toBeCloseTo(3, 1);
  await fetchInto(folder, ['html']);
  await withRecording();
  expect(await readFile(path)).toEqual(first);

  await writeFile(join(folder, 'minutes.html'), '<p>an earlier version</p>');
  await expect(withRecording()).rejects.toThrow('which plays nothing');
});

test('the files of a recording are fetched each by its own digest, and follow one another', async () => {
  const files = [
    await storedTone('low.wav', { hertz: 300, seconds: 2 }),
    await storedTone('high.wav', { hertz: 1200, seconds: 1 }),
  ];
  const sha256 = sourceDigest(files.map((file) => file.sha256));
  const whole = { name: 'low.wav and 1 more', sha256, bytes: 1, durationSeconds: 3 };
  await submitted({ kind: 'recording', ...whole, files });
  const { path } = await withRecording();
  expect(await store.head(sourceKey(tenant, sha256))).toBeNull();
  expect(await secondsOf(path)).toBeCloseTo(3, 1);
  expect(Math.abs((await hertzAt(path, 1)) - 300)).toBeLessThan(30);
  expect(Math.abs((await hertzAt(path, 2.3)) - 1200)).toBeLessThan(120);
});

test('a job that was made of a transcript has nothing to play, and its page stays as it is', async () => {
  await submitted({ kind: 'transcript', name: 'a.vtt', sha256: DIGEST, bytes: 1 });
  const refused: unknown = await withRecording().catch((error: unknown) => error);
  expect(refused).toMatchObject({ message: expect.stringContaining('made of a transcript') });
  expect(exitCode(refused)).toBe(2);
  expect(await readFile(join(folder, 'minutes.html'), 'utf8')).toBe(PAGE);
  expect(await readdir(folder)).toEqual(['minutes.html']);
});

test('an object of another name is not written, nor a picture that was published for another job', async () => {
  await publish(publishedKey(tenant, 'c'.repeat(26), DIGEST, 'png'));
  const exports = minutesKey().replace('minutes.json', '');
  for (const name of ['evil.sh', 'deeper/minutes.md', '.bashrc']) {
    await store.put(`${exports}${name}`, 'evil', { contentType: 'text/plain' });
  }
  await fetchInto(folder);
  expect(await readdir(folder)).toHaveLength(8);
  expect(await readdir(folder)).not.toContain('illustration.png');
});

test('an older file is replaced, and a link is replaced and not followed', async () => {
  await publish(null);
  const outside = join(folder, 'outside.txt');
  await writeFile(outside, 'mine');
  const out = join(folder, 'out');
  await mkdir(out);
  await writeFile(join(out, 'minutes.html'), 'old');
  await symlink(outside, join(out, 'minutes.md'));
  await fetchInto(out);
  expect(await readFile(join(out, 'minutes.html'), 'utf8')).toBe('minutes.html');
  expect(await readFile(join(out, 'minutes.md'), 'utf8')).toBe('minutes.md');
  expect(await readFile(outside, 'utf8')).toBe('mine');
});

test('the list of the digests of an approved version does not stay beside the files of another one', async () => {
  await publish(null);
  await writeFile(join(folder, 'approved.sha256'), `${DIGEST}  minutes.md\n`);
  await writeFile(join(folder, 'notes.sha256'), 'mine');
  await fetchInto(folder, ['md']);
  expect((await readdir(folder)).sort()).toEqual(['minutes.md', 'notes.sha256']);
});

test('a download that breaks leaves the older file and no half of a new one', async () => {
  await publish(null);
  await writeFile(join(folder, 'minutes.md'), 'old');
  const broken: ObjectStore = {
    ...store,
    getStream: async (key) => {
      const stream = await store.getStream(key);
      return stream.map(() => Promise.reject(new Error('connection lost')));
    },
  };
  const fetched = fetchResult(row(), broken, { folder, formats: ['md'] });
  await expect(fetched).rejects.toThrow('connection lost');
  expect(await readdir(folder)).toEqual(['minutes.md']);
  expect(await readFile(join(folder, 'minutes.md'), 'utf8')).toBe('old');
});

test.each(['submitted', 'running', 'failed', 'cancelled'] as const)(
  'a job that is %s and has no minutes has no result, and no folder is made',
  async (status) => {
    const out = join(folder, 'none');
    const without = row({ status, result: null, minutesKey: null });
    const fetched = fetchResult(without, store, { folder: out, formats: RESULT_FORMATS });
    await expect(fetched).rejects.toThrow(NoResultError);
    await expect(readdir(out)).rejects.toThrow('ENOENT');
  },
);

test.each([
  ['failed', 'NoSpeech', false],
  ['failed', 'UnreadableAudio', false],
  ['failed', 'PayloadTooLarge', false],
  ['failed', 'TranscriptionFailed', true],
  ['failed', 'OutOfCredit', true],
  ['failed', 'Abandoned', true],
  ['failed', null, true],
  ['cancelled', null, true],
] as const)('for a job that %s by %s the advice to retry is given: %s', async (...of) => {
  const [status, failure, isAdvised] = of;
  const without = row({ status, failure, result: null, minutesKey: null });
  const fetched = fetchResult(without, store, { folder, formats: RESULT_FORMATS });
  await expect(fetched).rejects.toThrow(
    isAdvised ? `; try npm run -s hansard -- retry ${ID}` : '; a retry would end in the same way',
  );
});

test.each(['submitted', 'running', 'failed', 'cancelled'] as const)(
  'minutes of an earlier run are read while a retry is %s',
  async (status) => {
    await publish(null);
    const files = await fetchResult(row({ status, result: 'partial' }), store, {
      folder,
      formats: ['md'],
    });
    expect(files.map(({ name }) => name)).toEqual(['minutes.md']);
  },
);

test('another version of the minutes is not touched', async () => {
  await publish(null);
  await store.put(outputKey(tenant, ID, 3, 'minutes.md'), 'later', { contentType: 'text/plain' });
  await fetchInto(folder);
  expect(await readFile(join(folder, 'minutes.md'), 'utf8')).toBe('minutes.md');
});

test('minutes from before there were versions are read where they lie', async () => {
  const home = jobHome(tenant, ID);
  await store.putJson(`${home}/minutes.json`, minutes(null));
  for (const name of ['minutes.json', ...FILES]) {
    await store.put(`${home}/exports/${name}`, `old ${name}`, { contentType: 'text/plain' });
  }
  const old = row({ minutesKey: `${home}/minutes.json` });
  const files = await fetchResult(old, store, { folder, formats: RESULT_FORMATS });
  expect(files.map(({ name }) => name).sort()).toEqual(['minutes.json', ...FILES].sort());
  expect(await readFile(join(folder, 'transcript.json'), 'utf8')).toBe('old transcript.json');
});

test("a row that names another job's minutes is refused", async () => {
  await publish(null);
  const foreign = row({ id: 'c'.repeat(26) });
  await expect(fetchResult(foreign, store, { folder, formats: RESULT_FORMATS })).rejects.toThrow(
    `not the minutes of job ${'c'.repeat(26)}`,
  );
});
