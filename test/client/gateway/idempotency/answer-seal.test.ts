import fc from 'fast-check';
import { expect, test } from 'vitest';
import { secretsOf } from '../../../../adapters/identity/secret.ts';
import { createAnswerSeal } from '../../../../client/gateway/idempotency/answer-seal.ts';

/** Of OpenSSL. */
const REFUSED = 'unable to authenticate data';

test('what a key closes, it opens in its place, and no other key or place does', () => {
  const [own, other] = [secretsOf('hansard').make().secret, secretsOf('hansard').make().secret];
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.string(),
      fc.nat(),
      (text, place, changedAt) => {
        const sealed = createAnswerSeal(own).close(text, place);
        expect(createAnswerSeal(own).open(sealed, place)).toBe(text);
        expect(() => createAnswerSeal(other).open(sealed, place)).toThrow(REFUSED);
        expect(() => createAnswerSeal(own).open(sealed, `${place}.`)).toThrow(REFUSED);
        const changed = Buffer.from(sealed);
        const at = changedAt % changed.length;
        changed[at] = (changed[at] ?? 0) ^ 1;
        expect(() => createAnswerSeal(own).open(changed, place)).toThrow(REFUSED);
      },
    ),
    { numRuns: 50 },
  );
});

test('digests of two keys differ', () => {
  const { make } = secretsOf('hansard');
  const digests = [make(), make()].map(({ secret }) => createAnswerSeal(secret).digest('a'));
  expect(new Set(digests).size).toBe(2);
});
