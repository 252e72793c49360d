import { expect, test } from 'vitest';
import type { z } from 'zod';
import type { JobRow, JobVersion } from '../../../../adapters/database/job-library.ts';
import { replacedText } from '../../../../client/cli/replaced-text.ts';
import { writtenByPeople } from '../../../../client/jobs/explain/written-by-people.ts';
import type { Minutes } from '../../../../workflows/contracts/minutes.ts';
import { sampleMinutes } from '../../../activities/minutes/render/sample-minutes.ts';

/** What `resummarize` says of the work of people before it takes its place. */

const ID = sampleMinutes.id;
const AT = '2026-12-01T10:00:00.000Z';
const said = (text: string) => ({ text, citations: [], verified: false });
const model: Minutes = { ...sampleMinutes, version: 1, decisions: [said('Ship.')] };
const edited: Minutes = {
  ...model,
  version: 2,
  decisions: [said('Ship.'), said('Rest on Sunday.')],
  openQuestions: [said('Who pays?')],
  revisions: [{ kind: 'edit', version: 2, base: 1, by: 'Eve', at: AT }],
};
const ownSummary: Minutes = { ...edited, summary: 'All is well.' };
const anew: Minutes = {
  ...model,
  version: 3,
  revisions: [
    ...(edited.revisions ?? []),
    { kind: 'resummarize', version: 3, base: 2, by: 'Ann', at: AT },
  ],
};

const replacedOf = async (shown: Minutes) => {
  const stored: Readonly<Record<string, Minutes>> = { '1': model, shown };
  const getJson = <T>(key: string, schema: z.ZodType<T>) =>
    Promise.resolve(schema.parse(stored[key]));
  const versions = [{ version: 1, minutesKey: '1' }] as JobVersion[];
  const row = { id: ID, tenant: 'default', minutesKey: 'shown' } as JobRow;
  const written = await writtenByPeople(
    row,
    { getJson, findJson: getJson },
    { versions: () => Promise.resolve(versions) },
  );
  return replacedText(written, ID);
};
const keeps = (them: string) =>
  `not taken over: version 2 keeps ${them} (npm run -s hansard -- result ${ID} --version 2 --out DIR)`;

test.each([
  ['two statements', edited, `2 statements that people wrote are ${keeps('them')}`],
  ['one', { ...edited, openQuestions: [] }, `1 statement that people wrote is ${keeps('it')}`],
  [
    'the summary, too',
    ownSummary,
    `2 statements and the summary that people wrote are ${keeps('them')}`,
  ],
  [
    'only the summary',
    { ...ownSummary, decisions: model.decisions, openQuestions: [] },
    `the summary that people wrote is ${keeps('it')}`,
  ],
  ['nothing that is left', { ...edited, decisions: [], openQuestions: [] }, null],
  ['nothing since a model wrote all of it', anew, null],
  ['nothing ever', model, null],
])('of minutes of which people wrote %s', async (_, shown, text) => {
  expect(await replacedOf(shown)).toBe(text);
});
