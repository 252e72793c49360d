import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { explanationSchema } from '../../client/jobs/explain/explanation.ts';
import { ffmpeg } from '../adapters/media/with-folder.ts';
import { historyText } from '../support/history-text.ts';
import { readProvenance } from '../support/read-provenance.ts';
import { spokenWords } from '../support/spoken-words.ts';
import { wordErrorRate } from '../support/word-error-rate.ts';
import { minutesSchema, type Citation, type Minutes } from '../../workflows/contracts/minutes.ts';
import { transcriptSchema, type Transcript } from '../../workflows/contracts/transcript.ts';
import {
  createSurroundings,
  readSampleScript,
  SAMPLE,
  type Surroundings,
} from '../support/surroundings.ts';

/** The main job on the sample recording, by the commands that a user types, on real servers and real models. */

const scriptSchema = z.object({
  title: z.string(),
  date: z.string(),
  sentences: z.array(
    z.object({ speaker: z.string(), text: z.string(), kind: z.string().optional() }),
  ),
  actionItems: z.array(z.object({ owner: z.string(), due: z.string() })),
});

const statementsIn = ({ keyPoints, decisions, openQuestions, actionItems }: Minutes) => [
  ...keyPoints,
  ...decisions,
  ...openQuestions,
  ...actionItems,
];

let place: Surroundings;
let out: string;
let job: { id: string; workflowId: string; reused: boolean };
let minutes: Minutes;
let transcript: Transcript;
let script: z.infer<typeof scriptSchema>;

beforeAll(async () => {
  place = await createSurroundings({ inference: ['--faults'], speakers: true });
  out = await mkdtemp(join(tmpdir(), 'hansard-out-'));
  await place.startWorker();
  script = scriptSchema.parse(await readSampleScript());
  const { title, date } = script;
  job = JSON.parse(
    await place.succeed('submit', SAMPLE, '--title', title, '--date', date, '--json'),
  );
  await place.succeed('watch', job.id);
  await place.succeed('result', job.id, '--out', out);
  minutes = minutesSchema.parse(JSON.parse(await readFile(join(out, 'minutes.json'), 'utf8')));
  transcript = transcriptSchema.parse(
    JSON.parse(await readFile(join(out, 'transcript.json'), 'utf8')),
  );
}, 240_000);

afterAll(async () => {
  await place[Symbol.asyncDispose]();
  await rm(out, { recursive: true, force: true });
});

test('every file of the result is there', async () => {
  expect((await readdir(out)).toSorted()).toEqual([
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
});

test('the minutes are complete: every second of audio and every character of text is covered', () => {
  expect(minutes).toMatchObject({ status: 'complete', language: 'en', degradations: [] });
  const { coverage } = minutes;
  expect(coverage.gaps).toEqual([]);
  expect(coverage.failedSections).toEqual([]);
  expect(coverage.transcribedSeconds + coverage.silenceSeconds).toBeCloseTo(
    coverage.audioSeconds,
    3,
  );
  expect(coverage.summarizedCharacters).toBe(coverage.transcriptCharacters);
  expect(coverage.transcriptCharacters).toBe(
    transcript.segments.reduce((sum, { text }) => sum + text.length, 0),
  );
});

test('at most 8 % of the words are wrong', () => {
  const spoken = script.sentences.map(({ text }) => text).join(' ');
  const heard = transcript.segments.map(({ text }) => text).join(' ');
  expect(wordErrorRate(spoken, heard).rate).toBeLessThanOrEqual(0.08);
});

test("every citation's quote stands in the segments that it names", () => {
  const fold = (text: string) => text.normalize('NFKC').replace(/\s+/g, ' ').trim();
  const texts = new Map(transcript.segments.map(({ id, text }) => [id, text]));
  const citations: Citation[] = statementsIn(minutes).flatMap((statement) => statement.citations);
  expect(citations.length).toBeGreaterThan(5);
  for (const { quote, segmentIds } of citations) {
    const cited = segmentIds.map((id) => texts.get(id) ?? '').join(' ');
    expect(fold(cited)).toContain(fold(quote));
  }
});

test('decisions, and action items with their owners and days, are found', () => {
  const decisions = script.sentences.filter(({ kind }) => kind === 'decision');
  expect(minutes.decisions.length).toBeGreaterThanOrEqual(decisions.length);
  for (const { owner, due } of script.actionItems) {
    expect(minutes.actionItems).toContainEqual(expect.objectContaining({ owner, due }));
  }
});

test('each of the three voices is one speaker, who takes on what "I" will do', () => {
  expect(minutes.speakers.map(({ id }) => id)).toEqual(['S1', 'S2', 'S3']);
  const speakerOf = (text: string) => {
    const words = new Set(spokenWords(text));
    const shares = script.sentences.map((sentence) => {
      const said = spokenWords(sentence.text);
      return {
        speaker: sentence.speaker,
        share: said.filter((word) => words.has(word)).length / said.length,
      };
    });
    return shares.toSorted((a, b) => b.share - a.share)[0]?.speaker;
  };
  const pairs = new Map<string, number>();
  for (const { speaker, text } of transcript.segments) {
    const pair = `${speaker} is ${speakerOf(text)}`;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  const right = ['S1 is Anna', 'S2 is Tom', 'S3 is Maria'].map((pair) => pairs.get(pair) ?? 0);
  const share = right.reduce((sum, count) => sum + count, 0) / transcript.segments.length;
  expect(share).toBeGreaterThan(0.9);
  const own = minutes.actionItems.filter(({ citations }) =>
    citations.some(({ quote }) => /\bI will ask\b/.test(quote)),
  );
  expect(own).toMatchObject([{ owner: 'S1' }]);
});

test('each statement is explained to the chunk that was heard, and to calls that the ledger has', async () => {
  const printed = await place.succeed('explain', job.id, '--json');
  const { items, calls } = explanationSchema.parse(JSON.parse(printed));
  expect(items).toHaveLength(statementsIn(minutes).length + 1);
  const answered = new Map(calls.map(({ callKey, answer }) => [callKey, answer?.target]));
  for (const { id, citations, written } of items) {
    const heard = citations.flatMap(({ segments }) => segments.map((segment) => segment.heard));
    const targets = heard.map((one) => answered.get(one?.callKey ?? ''));
    expect(new Set(targets)).toEqual(new Set(id === 'summary' ? [] : ['whisper-base']));
    expect(written.by).toBe('rules');
    expect(answered.get(written.callKey ?? '')).toBe('extractive-v1');
  }
  for (const { callKey, tries } of calls) {
    expect(tries).toContainEqual(expect.objectContaining({ callKey, state: 'accepted' }));
  }
});

test('the picture is judged safe, marked, and says where it comes from', async () => {
  expect(minutes.image).toMatchObject({ verdict: 'safe', watermark: { metadata: true } });
  const picture = await readFile(join(out, 'illustration.png'));
  expect(await sharp(picture).metadata()).toMatchObject({ format: 'png', width: 1024 });
  expect(await readProvenance(picture)).toMatchObject({ tool: 'Hansard' });
});

test('the engines that answered are named, with what they are', () => {
  expect(minutes.engines.transcribe).toEqual([
    expect.objectContaining({ target: 'whisper-base', items: expect.any(Number) }),
  ]);
  expect(minutes.engines.summarize[0]?.label).toContain('no language model');
});

test('status and list know the job', async () => {
  const status = await place.hansard('status', job.id, '--json');
  expect(JSON.parse(status.stdout)).toMatchObject({
    id: job.id,
    status: 'completed',
    result: 'complete',
    degradations: [],
    costUsd: null,
  });
  const list = await place.hansard('list', '--json');
  expect(list.stdout).toContain(job.id);
});

test('submitting the same file again reuses the job and asks no model', async () => {
  const before = await place.stats();
  const again = await place.succeed('submit', SAMPLE, '--date', script.date, '--json');
  expect(JSON.parse(again)).toEqual({ ...job, reused: true });
  expect(await place.stats()).toEqual(before);
});

test('two further jobs on the recording, at once and of other days, transcribe no chunk again', async () => {
  const before = await place.stats();
  const ids = await Promise.all(
    ['2026-04-01', '2026-05-01'].map(async (date) => {
      const { stdout } = await place.hansard('submit', SAMPLE, '--date', date, '--json');
      return (JSON.parse(stdout) as { id: string }).id;
    }),
  );
  const ends = await Promise.all(ids.map((id) => place.hansard('watch', id)));
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  const after = await place.stats();
  expect(after.requests['transcribe']).toBe(before.requests['transcribe']);
});

test('a recording in three files is heard on one clock, around the damage of the second', async () => {
  const file = (name: string) => join(out, name);
  const piece = (from: number, name: string, ...form: string[]) =>
    ffmpeg('-ss', `${from}`, '-t', '12', '-i', SAMPLE, ...form, file(name));
  await piece(0, 'part1.m4a', '-ar', '44100', '-ac', '2');
  await piece(12, 'part2.flac', '-ar', '48000');
  await piece(24, 'part3.mp3', '-ar', '22050');
  const bytes = await readFile(file('part2.flac'));
  const middle = Math.floor(bytes.length / 2);
  bytes.fill(0x5a, middle, middle + 40);
  await writeFile(file('part2.flac'), bytes);
  const paths = ['part1.m4a', 'part2.flac', 'part3.mp3'].map(file);
  const options = ['--join', '--no-image', '--json', '--watch'];
  const printed = await place.succeed('submit', ...paths, ...options);
  const { id } = JSON.parse(printed.split('\n')[0] ?? '') as { id: string };
  const folder = file('joined');
  await place.succeed('result', id, '--out', folder);
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, name), 'utf8'));
  const made = minutesSchema.parse(await read('minutes.json'));
  const heard = transcriptSchema.parse(await read('transcript.json'));

  expect(made).toMatchObject({ status: 'partial', source: { name: 'part1.m4a (+2)' } });
  expect(made.source.files?.map(({ name }) => name)).toEqual(paths.map((path) => basename(path)));
  for (const [index, { start }] of (made.source.files ?? []).entries()) {
    expect(start).toBeCloseTo(12 * index, 0);
  }
  const [gap, ...others] = made.coverage.gaps;
  expect({ gap, others }).toMatchObject({ gap: { reason: 'damaged' }, others: [] });
  expect(gap?.start).toBeGreaterThan(16);
  expect(gap?.end).toBeLessThan(20);
  for (const [from, to] of [
    [0, 11],
    [25, 36],
  ] as const) {
    expect(foundWords(transcript, heard, from, to)).toBeGreaterThan(0.85);
  }
}, 240_000);

/** Of the words of the segments within a stretch, the share that another transcript has within 0.6 s of them. */
function foundWords(said: Transcript, heard: Transcript, from: number, to: number): number {
  const counts = { all: 0, found: 0 };
  for (const { start, end, text } of said.segments) {
    const [begin, stop] = [start ?? 0, end ?? 0];
    if (begin < from || stop > to) continue;
    const words = heard.segments
      .filter((one) => (one.end ?? 0) > begin - 0.6 && (one.start ?? 0) < stop + 0.6)
      .flatMap((one) => spokenWords(one.text));
    for (const word of spokenWords(text)) {
      counts.all += 1;
      if (words.includes(word)) counts.found += 1;
    }
  }
  return counts.found / counts.all;
}

test('the ledger holds one accepted row a call, and nothing in doubt', async () => {
  const { rows } = await place.database.query<{ state: string; count: string }>(
    'select state, count(*) from ledger_entry group by state',
  );
  const counts = Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
  const billed = Object.values((await place.stats()).billed).reduce((sum, n) => sum + n, 0);
  expect(counts).toEqual({ accepted: billed });
});

test('the history holds keys and counts, and not a word of the meeting', async () => {
  const handle = place.client.workflow.getHandle(job.workflowId);
  const history = historyText(await handle.fetchHistory());
  expect(history).toContain(`"jobId":"${job.id}"`);
  const words = transcript.segments.flatMap(({ text }) => (text.length > 20 ? [text.trim()] : []));
  expect(words.length).toBeGreaterThan(5);
  for (const secret of [...words, script.title, minutes.summary]) {
    expect(history).not.toContain(secret);
  }
});

test('another title is listed at once, and a retry writes it into the documents without asking a model', async () => {
  const before = await place.stats();
  const title = ['--title', 'Another title'];
  const again = await place.succeed('submit', SAMPLE, ...title, '--date', script.date, '--json');
  expect(JSON.parse(again)).toEqual({ ...job, reused: true, retitled: 'list' });
  expect(await place.succeed('list')).toContain('Another title');

  await place.succeed('retry', job.id, '--watch');
  await place.succeed('result', job.id, '--out', out);
  expect(await readFile(join(out, 'minutes.md'), 'utf8')).toMatch(/^# Another title\n/);
  expect(await place.stats()).toEqual(before);
});

test("minutes follow the user's own template, and status and documents name it", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-template-'));
  try {
    const file = (name: string) => join(folder, name);
    await writeFile(
      file('talk.txt'),
      'Ann: We decided to hire a photographer for one day.\nBob: Who will book the room?\n',
    );
    await writeFile(
      file('risks.yaml'),
      [
        'name: Risk review',
        'lists: [decisions]',
        'sections:',
        '  - { title: { en: Risks, zh: 风险 }, instruction: What may go wrong. }',
        '  - { title: Left open, instruction: What is open., like: openQuestions }',
      ].join('\n'),
    );
    const own = ['--template', file('risks.yaml'), '--no-image', '--json'];
    const submitted = await place.succeed('submit', file('talk.txt'), ...own, '--watch');
    const { id } = JSON.parse(submitted.split('\n')[0] ?? '') as { id: string };
    await place.succeed('result', id, '--out', folder);
    const made = minutesSchema.parse(JSON.parse(await readFile(file('minutes.json'), 'utf8')));
    expect(made).toMatchObject({
      status: 'complete',
      template: { id: 'Risk review', sha256: expect.any(String), lists: ['decisions'] },
      decisions: [{ verified: true }],
      openQuestions: [],
      sections: [
        { title: 'Risks', items: [], unwritten: true },
        { title: 'Left open', items: [{ text: 'Who will book the room?', verified: true }] },
      ],
    });
    expect(await readFile(file('minutes.md'), 'utf8')).toMatch(
      /, template Risk review [0-9a-f]{8}\n/,
    );
    expect(JSON.parse(await place.succeed('status', id, '--json'))).toMatchObject({
      template: 'Risk review',
    });
    const again = await place.succeed('submit', file('talk.txt'), ...own);
    expect(JSON.parse(again)).toMatchObject({ id, reused: true });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);

test('names, joins and corrections are next versions beside the old ones, and ask no model', async () => {
  const [before, ledger] = [await place.stats(), await ledgerRows()];
  const folder = join(out, 'corrected');
  const read = async (name: string) => await readFile(join(folder, name), 'utf8');
  await place.succeed('rename-speaker', job.id, 'S1', 'Ann Lee', '--by', 'Tom');
  await place.succeed('join-speakers', job.id, 'S3', 'S2', '--by', 'Tom');
  await place.succeed('result', job.id, '--out', folder, '--format', 'json');
  const held = minutesSchema.parse(JSON.parse(await read('minutes.json')));
  const [first, ...others] = held.decisions;
  if (first === undefined) throw new Error('the minutes have no decision');
  const decisions = [{ ...first, text: 'More for marketing.' }, ...others, { text: 'Bring cake.' }];
  const edited = join(folder, 'edited.json');
  await writeFile(edited, JSON.stringify({ ...held, decisions }));
  const command = ['edit', job.id, edited, '--by', 'Ann Lee'];
  const { version } = JSON.parse(await place.succeed(...command, '--json')) as { version: number };
  const stale = await place.hansard(...command);
  expect(stale).toMatchObject({ code: 2, stderr: expect.stringContaining('is made from version') });

  await place.succeed('result', job.id, '--out', folder, '--format', 'json,md,vtt');
  const made = minutesSchema.parse(JSON.parse(await read('minutes.json')));
  expect(made.speakers).toMatchObject([
    { id: 'S1', name: 'Ann Lee' },
    { id: 'S2', name: null, joined: ['S3'] },
  ]);
  expect(made.decisions).toMatchObject([
    { text: 'More for marketing.', verified: true, citations: first.citations },
    ...others,
    { text: 'Bring cake.', verified: false },
  ]);
  expect(await read('minutes.md')).toContain(`(version ${version})`);
  expect(await read('transcript.vtt')).toContain('<v Ann Lee>');
  const listed: unknown = JSON.parse(await place.succeed('versions', job.id, '--json'));
  const versions = z.array(z.looseObject({ version: z.int() })).parse(listed);
  expect(versions.slice(0, 4)).toMatchObject([
    { version, isShown: true, kind: 'edit', base: version - 1, by: 'Ann Lee' },
    { version: version - 1, kind: 'join', by: 'Tom' },
    { version: version - 2, kind: 'rename', by: 'Tom' },
    { version: version - 3, kind: null, base: null },
  ]);
  const changes = await place.succeed('versions', job.id, '--changes');
  expect(changes).toContain(`- ${first.text}`);
  expect(changes).toContain('+ Bring cake. [not verified]');

  const said = transcriptSchema.parse(JSON.parse(await read('transcript.json')));
  const segments = said.segments.map((segment, index) =>
    index === 0 ? { ...segment, text: `${segment.text} Welcome.` } : segment,
  );
  await writeFile(edited, JSON.stringify({ ...said, segments }));
  expect(JSON.parse(await place.succeed(...command, '--json'))).toMatchObject({
    version: version + 1,
  });

  const run = ['--version', String(version - 3), '--format', 'json'];
  await place.succeed('result', job.id, '--out', folder, ...run);
  expect(await read('minutes.json')).toBe(await readFile(join(out, 'minutes.json'), 'utf8'));
  expect(await place.stats()).toEqual(before);
  expect(await ledgerRows()).toEqual(ledger);
}, 120_000);

async function ledgerRows() {
  const { rows } = await place.database.query<{ count: string }>(
    'select count(*) from ledger_entry',
  );
  return rows;
}

test('a transcript becomes minutes with its speakers, and nothing is heard', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-transcript-'));
  try {
    const vtt = join(folder, 'board.vtt');
    const lines = [
      ['Ann Lee', 'Good morning. We decided to hire a photographer for one day.'],
      ['Bob', 'I will send the offer to the customer by Friday.'],
      ['Ann Lee', 'Thank you. Who will book the room for the launch?'],
    ] as const;
    const cues = lines.map(
      ([name, words], index) =>
        `00:00:0${index * 3}.000 --> 00:00:0${index * 3 + 2}.500\n<v ${name}>${words}</v>`,
    );
    await writeFile(vtt, ['WEBVTT', ...cues].join('\n\n'));
    const before = await place.stats();
    const submitted = await place.succeed(
      'submit',
      vtt,
      '--date',
      '2026-03-02',
      '--no-image',
      '--json',
      '--watch',
    );
    const { id } = JSON.parse(submitted.split('\n')[0] ?? '') as { id: string };
    await place.succeed('result', id, '--out', folder);
    const made = minutesSchema.parse(
      JSON.parse(await readFile(join(folder, 'minutes.json'), 'utf8')),
    );
    expect(made).toMatchObject({
      status: 'complete',
      source: { kind: 'transcript', name: 'board.vtt' },
      durationSeconds: 8.5,
      coverage: { audioSeconds: 0, gaps: [], failedSections: [] },
      speakers: [
        { id: 'S1', name: 'Ann Lee', seconds: 5 },
        { id: 'S2', name: 'Bob', seconds: 2.5 },
      ],
      engines: { transcribe: [] },
      degradations: [],
    });
    expect(made.actionItems).toMatchObject([{ owner: 'S2', due: '2026-03-06', verified: true }]);
    const markdown = await readFile(join(folder, 'minutes.md'), 'utf8');
    expect(markdown).toContain('| Bob |');
    expect(await readFile(join(folder, 'transcript.vtt'), 'utf8')).toContain('<v Ann Lee>');
    const { requests } = await place.stats();
    expect(requests['transcribe']).toBe(before.requests['transcribe']);
    expect(requests['diarize']).toBe(before.requests['diarize']);

    // The same talk in the other forms; our own transcript.json keeps ids for names.
    const text = join(folder, 'board.txt');
    await writeFile(text, lines.map(([name, words]) => `${name}: ${words}`).join('\n'));
    // Lines with names have no times.
    const factsOf = ({ summary, decisions, actionItems }: Omit<Minutes, 'speakers'>) => ({
      summary,
      decisions: decisions.map((one) => [one.text, one.verified]),
      actions: actionItems.map((one) => [one.task, one.owner, one.due, one.verified]),
    });
    const again = [text, join(folder, 'transcript.srt'), join(folder, 'transcript.json')];
    for (const [index, file] of again.entries()) {
      const to = join(folder, `again ${index}`);
      const name = ['--title', 'Board', '--date', '2026-03-02', '--no-image', '--json', '--watch'];
      const one = await place.succeed('submit', file, ...name);
      const other = JSON.parse(one.split('\n')[0] ?? '') as { id: string };
      await place.succeed('result', other.id, '--out', to);
      const { speakers, ...read } = minutesSchema.parse(
        JSON.parse(await readFile(join(to, 'minutes.json'), 'utf8')),
      );
      expect(factsOf(read)).toEqual(factsOf(made));
      expect(speakers.map(({ name: said }) => said)).toEqual(
        file.endsWith('.json') ? [null, null] : ['Ann Lee', 'Bob'],
      );
    }
    const audio = await place.hansard('result', id, '--out', folder, '--with-audio');
    expect(audio).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('made of a transcript'),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);

test('a summary is written anew from stored answers without a call, and with calls only after a yes', async () => {
  const folder = join(out, 'anew');
  await mkdir(folder);
  const talk = join(folder, 'talk.txt');
  await writeFile(talk, 'Ann: We decided to hire a painter.\nBob: Who will book the hall?\n');
  const submitted = await place.succeed('submit', talk, '--no-image', '--json', '--watch');
  const { id } = JSON.parse(submitted.split('\n')[0] ?? '') as { id: string };
  const madeBy = async (...options: string[]) => {
    await place.succeed('resummarize', id, '--by', 'Ann', ...options);
    await place.succeed('result', id, '--out', folder, '--format', 'json');
    return minutesSchema.parse(JSON.parse(await readFile(join(folder, 'minutes.json'), 'utf8')));
  };
  const [before, ledger] = [await place.stats(), await ledgerRows()];
  expect(await madeBy()).toMatchObject({
    version: 2,
    template: { id: 'standard' },
    revisions: [{ kind: 'resummarize', base: 1, by: 'Ann' }],
    decisions: [{ text: 'We decided to hire a painter.', verified: true }],
  });
  const asked = await place.hansard('resummarize', id, '--template', 'board', '--by', 'Ann');
  expect(asked).toMatchObject({ code: 2 });
  expect(asked.stderr).toContain('1 call whose answer is not stored');
  expect(asked.stderr).toContain('nothing was called: add --yes');
  expect(await place.stats()).toEqual(before);
  expect(await ledgerRows()).toEqual(ledger);

  const board = await madeBy('--template', 'board', '--yes');
  expect(board).toMatchObject({ version: 3, template: { id: 'board' } });
  expect(board.sections.length).toBeGreaterThan(0);
  const { billed } = await place.stats();
  expect(billed['summarize']).toBe((before.billed['summarize'] ?? 0) + 1);
}, 120_000);
