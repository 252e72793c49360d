import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jobId, type JobIdentity } from '../../../adapters/identity/job-id.ts';
import { JOB_ID_PATTERN } from '../../../workflows/contracts/names.ts';

const identity: JobIdentity = {
  kind: 'minutes',
  tenant: 'default',
  inputSha256: 'a'.repeat(64),
  options: { date: '2026-03-02', language: null, attendees: [], template: 'standard', image: true },
  forceNonce: null,
};

test('an id is 26 characters of lower-case base32', () => {
  expect(jobId(identity)).toMatch(JOB_ID_PATTERN);
});

test('an id is the base32 of the digest that other tools compute', () => {
  // printf '%s' '{"forceNonce":null,"inputSha256":"aaa…","kind":"minutes","options":{"attendees":[],"date":"2026-03-02",
  // "image":true,"language":null,"template":"standard"},"tenant":"default"}' | sha256sum | xxd -r -p | base32
  expect(jobId(identity)).toBe('qxuhujfw5ipr3e5yiieyk5mjas');
});

test('the order in which members are written does not matter', () => {
  const reversed = Object.fromEntries(Object.entries(identity).toReversed()) as unknown;
  expect(jobId(reversed as JobIdentity)).toBe(jobId(identity));
});

test('every option, the tenant, the input and the nonce change the id', () => {
  const others: JobIdentity[] = [
    { ...identity, tenant: 'other' },
    { ...identity, inputSha256: 'b'.repeat(64) },
    { ...identity, forceNonce: 'n' },
    { ...identity, options: { ...identity.options, date: null } },
    { ...identity, options: { ...identity.options, language: 'de' } },
    { ...identity, options: { ...identity.options, attendees: ['Ann'] } },
    { ...identity, options: { ...identity.options, image: false } },
  ];
  const ids = [identity, ...others].map(jobId);
  expect(new Set(ids).size).toBe(ids.length);
});

test('different attendees give different ids', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), (some, others) => {
      const withAttendees = (attendees: string[]) =>
        jobId({ ...identity, options: { ...identity.options, attendees } });
      return (
        (withAttendees(some) === withAttendees(others)) ===
        (JSON.stringify(some) === JSON.stringify(others))
      );
    }),
  );
});
