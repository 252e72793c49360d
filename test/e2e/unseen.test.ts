import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { meetingScript, type MeetingScript } from '../../local/samples/meeting-script.ts';
import { spokenText } from '../support/spoken-text.ts';
import { wordErrorRate } from '../support/word-error-rate.ts';
import { expectWhole } from '../support/expect-whole.ts';
import { storedJob, type StoredJob } from '../support/stored-job.ts';
import { createSurroundings, type Surroundings } from '../support/surroundings.ts';

/** A recording in voices, and of a meeting, that nothing was tuned on: the same pipeline, unchanged. */

const UNSEEN = join(import.meta.dirname, '../fixtures/unseen');
/** Of the local stack's `hansard.yaml`. */
const LIMIT_SECONDS = 28;

let place: Surroundings;
let script: MeetingScript;
let job: StoredJob;

beforeAll(async () => {
  place = await createSurroundings({});
  await place.startWorker();
  script = await meetingScript(join(UNSEEN, 'script.json'));
  const { title, date } = script;
  const options = ['--title', title, '--date', date, '--json'];
  const submitted = await place.succeed('submit', join(UNSEEN, 'recording.flac'), ...options);
  const { id } = JSON.parse(submitted) as { id: string };
  await place.succeed('watch', id);
  job = await storedJob(place, id, LIMIT_SECONDS);
}, 240_000);

afterAll(() => place[Symbol.asyncDispose]());

test('an unseen recording becomes complete minutes', () => {
  expectWhole(job);
  expect(job.minutes.language).toBe('en');
});

test('at most 8 % of its words are wrong', () => {
  const heard = job.transcript.segments.map(({ text }) => text).join(' ');
  expect(wordErrorRate(spokenText(script), heard).rate).toBeLessThanOrEqual(0.08);
});

test('every statement is verified by quotes that stand in the segments named', () => {
  const fold = (text: string) => text.normalize('NFKC').replace(/\s+/g, ' ').trim();
  const texts = new Map(job.transcript.segments.map(({ id, text }) => [id, text]));
  const { keyPoints, decisions, openQuestions, actionItems } = job.minutes;
  const statements = [...keyPoints, ...decisions, ...openQuestions, ...actionItems];
  expect(statements.filter(({ verified }) => !verified)).toEqual([]);
  const citations = statements.flatMap((statement) => statement.citations);
  expect(citations.length).toBeGreaterThan(5);
  for (const { quote, segmentIds } of citations) {
    const cited = segmentIds.map((id) => texts.get(id) ?? '').join(' ');
    expect(fold(cited)).toContain(fold(quote));
  }
});

test('its decisions, open question, and action items with owner and day are found', () => {
  const { decisions, openQuestions, actionItems } = job.minutes;
  // The days and nouns by which a reader would know each decision again.
  const found = decisions.map(({ text }) => text).join('\n');
  for (const known of ['October 3', 'two students']) {
    expect(script.decisions.join('\n')).toContain(known);
    expect(found).toMatch(new RegExp(known.replace('two', '(two|2)'), 'i'));
  }
  expect(openQuestions.length).toBeGreaterThanOrEqual(script.openQuestions.length);
  for (const { owner, due } of script.actionItems) {
    expect(actionItems).toContainEqual(expect.objectContaining({ owner, due }));
  }
});
