import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as keys from '../../../adapters/object-store/keys.ts';
import { JOB_ID_PATTERN, TENANT_PATTERN } from '../../../workflows/contracts/names.ts';

const tenant = 'acme';
const job = 'a'.repeat(26);
const sha = '0'.repeat(64);
const other = '1'.repeat(64);

const source = keys.sourceHome(tenant, sha);
const jobHome = keys.jobHome(tenant, job);
const run = 'a0000000-0000-4000-8000-00000000000a';
const shared = keys.sharedScratchPrefix(tenant, job);
const scratch = keys.scratchPrefix(tenant, job, run);
/** What every exported function returns for sample arguments. */
const SAMPLES: Readonly<Record<keyof typeof keys, readonly (readonly [string, string])[]>> = {
  uploadKey: [[keys.uploadKey(tenant, sha), `acme/uploads/${sha}`]],
  partUploadKey: [[keys.partUploadKey(tenant, run), `acme/uploads/${run}`]],
  sourceHome: [[source, `acme/sources/${sha}`]],
  sourceKey: [[keys.sourceKey(tenant, sha), `acme/sources/${sha}/source`]],
  heardKey: [[keys.heardKey(tenant, sha), `acme/sources/${sha}/heard.ogg`]],
  planKey: [
    [keys.planKey(tenant, sha, 2, 28), `acme/sources/${sha}/plans/v2-28s.json`],
    [keys.planKey(tenant, sha, 2, 29.5), `acme/sources/${sha}/plans/v2-29.5s.json`],
  ],
  resultKey: [
    [
      keys.resultKey(source, 'transcribe', other),
      `acme/sources/${sha}/results/transcribe/${other}`,
    ],
  ],
  resultPointerKey: [
    [
      keys.resultPointerKey(jobHome, 'moderate', other),
      `acme/jobs/${job}/results/moderate/by-work/${other}`,
    ],
  ],
  latestPointerKey: [
    [
      keys.latestPointerKey(source, 'summarize', other),
      `acme/sources/${sha}/results/summarize/latest/${other}`,
    ],
  ],
  jobHome: [[jobHome, `acme/jobs/${job}`]],
  jobInputKey: [[keys.jobInputKey(tenant, job), `acme/jobs/${job}/input.json`]],
  templateKey: [[keys.templateKey(tenant, job, sha), `acme/jobs/${job}/templates/${sha}.json`]],
  windowKey: [[keys.windowKey(tenant, job, 1), `acme/jobs/${job}/windows/1.json`]],
  sectionsKey: [
    [keys.sectionsKey(tenant, job, 0, 32_768), `acme/jobs/${job}/sections/0-32768.json`],
  ],
  revisionsPrefix: [[keys.revisionsPrefix(tenant, job), `acme/jobs/${job}/revisions/`]],
  reductionKey: [
    [keys.reductionKey(tenant, job, 1, 0, 32_768), `acme/jobs/${job}/reductions/0-32768/1.json`],
  ],
  transcriptKey: [
    [keys.transcriptKey(tenant, job), `acme/jobs/${job}/transcript.json`],
    [keys.transcriptKey(tenant, job, sha), `acme/jobs/${job}/revisions/${sha}/transcript.json`],
  ],
  speakersKey: [[keys.speakersKey(tenant, job), `acme/jobs/${job}/speakers.json`]],
  summaryKey: [[keys.summaryKey(tenant, job), `acme/jobs/${job}/summary.json`]],
  outputKey: [
    [keys.outputKey(tenant, job, 2, 'minutes.md'), `acme/jobs/${job}/versions/2/minutes.md`],
  ],
  sharedScratchPrefix: [[shared, `acme/jobs/${job}/scratch/`]],
  changeKey: [[keys.changeKey(tenant, job, sha), `acme/jobs/${job}/changes/${sha}.json`]],
  scratchPrefix: [[scratch, `acme/jobs/${job}/scratch/${run}/`]],
  scratchChunkKey: [
    [keys.scratchChunkKey(scratch, 12), `acme/jobs/${job}/scratch/${run}/chunks/12.flac`],
    [keys.scratchChunkKey(shared, 12), `acme/jobs/${job}/scratch/chunks/12.flac`],
  ],
  scratchPlansPrefix: [
    [keys.scratchPlansPrefix(scratch), `acme/jobs/${job}/scratch/${run}/plans/`],
  ],
  scratchPlanKey: [
    [keys.scratchPlanKey(scratch, 14), `acme/jobs/${job}/scratch/${run}/plans/14.json`],
  ],
  scratchStretchKey: [
    [
      keys.scratchStretchKey(scratch, 12, { startSample: 16_000, endSample: 96_000 }),
      `acme/jobs/${job}/scratch/${run}/chunks/12/16000-96000.flac`,
    ],
  ],
  scratchAnswersKey: [
    [
      keys.scratchAnswersKey(scratch, { generation: 1, level: 0, part: 2 }),
      `acme/jobs/${job}/scratch/${run}/answers/1-0/2.json`,
    ],
  ],
  sectionAheadKey: [
    [keys.sectionAheadKey(tenant, job, 8192, 3), `acme/jobs/${job}/sections/ahead-8192/3.json`],
  ],
  scratchMergedKey: [
    [keys.scratchMergedKey(scratch, 8192), `acme/jobs/${job}/scratch/${run}/merged/8192.json`],
  ],
  scratchTrackKey: [[keys.scratchTrackKey(scratch), `acme/jobs/${job}/scratch/${run}/track.ogg`]],
  quarantineKey: [[keys.quarantineKey(tenant, sha), `acme/quarantine/${sha}`]],
  publishedKey: [[keys.publishedKey(tenant, job, sha, 'png'), `acme/published/${job}/${sha}.png`]],
};

test.each(Object.entries(SAMPLES))('%s returns the expected key', (_, samples) => {
  for (const [key, expected] of samples) expect(key).toBe(expected);
});

/** The rows of the table in keys.ts: function name and key as a pattern. */
async function tableRows(): Promise<ReadonlyMap<string, RegExp>> {
  const path = new URL('../../../adapters/object-store/keys.ts', import.meta.url);
  const rows = (await readFile(path, 'utf8')).matchAll(/^ \* \| `([^`]+)` +\| `(\w+)` +\|/gm);
  return new Map(
    [...rows].map(([, template = '', name = '']) => {
      const key = template
        .replaceAll('.', String.raw`\.`)
        .replaceAll('{draft}', 'jobs/[^/]+(/revisions/[^/]+)?')
        .replaceAll('{home}', '(sources|jobs)/[^/]+')
        .replaceAll('{scratch}', 'jobs/[^/]+/scratch/([^/]+/)?')
        .replaceAll(/\{\w+\}/g, '[^/]+');
      return [name, new RegExp(`^acme/${key}$`)];
    }),
  );
}

test('the table in keys.ts lists every exported function, and no other, with the key that it returns', async () => {
  const rows = await tableRows();
  expect([...rows.keys()].toSorted()).toEqual(Object.keys(keys).toSorted());
  for (const [name, samples] of Object.entries(SAMPLES)) {
    for (const [key] of samples) expect(key).toMatch(rows.get(name) ?? /^no row$/);
  }
});

test('keys accept only valid tenants, job ids and digests', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom('..', 'a/b', '../x', sha, job)), (text) => {
      const refused = (make: () => string) => {
        try {
          make();
          return false;
        } catch (error) {
          return error instanceof TypeError;
        }
      };
      const isDigest = /^[0-9a-f]{64}$/.test(text);
      expect(refused(() => keys.uploadKey(text, sha))).toBe(!TENANT_PATTERN.test(text));
      expect(refused(() => keys.transcriptKey(tenant, text))).toBe(!JOB_ID_PATTERN.test(text));
      expect(refused(() => keys.sourceKey(tenant, text))).toBe(!isDigest);
      expect(refused(() => keys.resultKey(`acme/jobs/${job}`, 'classify', text))).toBe(!isDigest);
    }),
  );
});

test('homes, roles, indexes and file names are checked too', () => {
  const wrong = [
    () => keys.resultKey('acme', 'classify', sha),
    () => keys.resultKey(`acme/jobs/${job}/..`, 'classify', sha),
    () => keys.resultKey(`acme/other/${job}`, 'classify', sha),
    () => keys.resultKey(`acme/sources/${job}`, 'classify', sha),
    () => keys.resultPointerKey(`/jobs/${job}`, 'classify', sha),
    () => keys.resultKey(`acme/jobs/${job}`, '../x' as 'classify', sha),
    () => keys.templateKey(tenant, job, 'board'),
    () => keys.windowKey(tenant, job, -1),
    () => keys.windowKey(tenant, job, 0.5),
    () => keys.planKey(tenant, sha, 1, Number.NaN),
    () => keys.outputKey(tenant, job, 1, '../minutes.md'),
    () => keys.outputKey(tenant, job, 1, '.hidden'),
    () => keys.outputKey(tenant, job, 1.5, 'minutes.md'),
    () => keys.scratchPrefix(tenant, job, '..'),
    () => keys.scratchPrefix(tenant, job, ''),
    () => keys.scratchChunkKey(`acme/jobs/${job}/`, 0),
    () => keys.scratchChunkKey(`acme/jobs/${job}/scratch/../`, 0),
    () => keys.scratchChunkKey(`${scratch}deeper/`, 0),
    () => keys.publishedKey(tenant, job, sha, 'png/../x'),
  ];
  for (const make of wrong) expect(make).toThrow(TypeError);
});
