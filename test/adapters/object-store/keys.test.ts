import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as keys from '../../../adapters/object-store/keys.ts';
import { JOB_ID_PATTERN, TENANT_PATTERN } from '../../../workflows/contracts/names.ts';

const tenant = 'acme';
const job = 'a'.repeat(26);
const sha = '0'.repeat(64);
const other = '1'.repeat(64);

test('keys are the ones that the table in keys.ts specifies', () => {
  const source = keys.sourceHome(tenant, sha);
  expect([
    keys.uploadKey(tenant, sha),
    keys.sourceKey(tenant, sha),
    keys.planKey(tenant, sha, 2, 28),
    keys.planKey(tenant, sha, 2, 29.5),
    keys.resultKey(source, 'transcribe', other),
    keys.resultPointerKey(keys.jobHome(tenant, job), 'moderate', other),
    keys.jobInputKey(tenant, job),
    keys.windowKey(tenant, job, 1),
    keys.sectionsKey(tenant, job, 0, 32_768),
    keys.reductionKey(tenant, job, 1, 0, 32_768),
    keys.transcriptKey(tenant, job),
    keys.summaryKey(tenant, job),
    keys.minutesKey(tenant, job),
    keys.exportKey(tenant, job, 'minutes.md'),
    keys.scratchChunkKey(tenant, job, 12),
    keys.quarantineKey(tenant, sha),
    keys.publishedKey(tenant, job, sha, 'png'),
  ]).toEqual([
    `acme/uploads/${sha}`,
    `acme/sources/${sha}/source`,
    `acme/sources/${sha}/plans/v2-28s.json`,
    `acme/sources/${sha}/plans/v2-29.5s.json`,
    `acme/sources/${sha}/results/transcribe/${other}`,
    `acme/jobs/${job}/results/moderate/by-work/${other}`,
    `acme/jobs/${job}/input.json`,
    `acme/jobs/${job}/windows/1.json`,
    `acme/jobs/${job}/sections/0-32768.json`,
    `acme/jobs/${job}/reductions/0-32768/1.json`,
    `acme/jobs/${job}/transcript.json`,
    `acme/jobs/${job}/summary.json`,
    `acme/jobs/${job}/minutes.json`,
    `acme/jobs/${job}/exports/minutes.md`,
    `acme/jobs/${job}/scratch/chunks/12.flac`,
    `acme/quarantine/${sha}`,
    `acme/published/${job}/${sha}.png`,
  ]);
});

test('no text but a tenant, a job id and a digest gets into a key', () => {
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
      expect(refused(() => keys.minutesKey(tenant, text))).toBe(!JOB_ID_PATTERN.test(text));
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
    () => keys.windowKey(tenant, job, -1),
    () => keys.windowKey(tenant, job, 0.5),
    () => keys.planKey(tenant, sha, 1, Number.NaN),
    () => keys.exportKey(tenant, job, '../minutes.md'),
    () => keys.exportKey(tenant, job, '.hidden'),
    () => keys.publishedKey(tenant, job, sha, 'png/../x'),
  ];
  for (const make of wrong) expect(make).toThrow(TypeError);
});
