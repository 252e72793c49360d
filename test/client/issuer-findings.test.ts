import { expect, test } from 'vitest';
import { openIssuers } from '../../adapters/issuers/open-issuers.ts';
import { issuerFindings } from '../../client/issuer-findings.ts';
import { openTestIssuer } from '../support/test-issuer.ts';
import { issuersOf } from '../adapters/issuers/issuers-of.ts';

const found = async (entries: readonly object[], env = {}) => {
  const open = openIssuers(issuersOf(entries, env));
  return await issuerFindings({ issuers: async () => await Promise.resolve(open) });
};

test('an issuer is asked for its discovery and its keys; one that does not answer is a fault', async () => {
  await using issuer = await openTestIssuer();
  const entry = { issuer: issuer.url, tenant: 'acme', roles: { claim: 'g', map: { a: 'viewer' } } };
  const tokens = { audience: 'hansard' };
  const signIn = { label: 'Acme', clientId: 'hansard' };
  expect(
    await found(
      [
        { ...entry, name: 'people', signIn },
        { ...entry, name: 'programs', tokens },
        { ...entry, name: 'shared', tokens: { ...tokens, secret: '${SHARED}' } },
        { ...entry, name: 'astray', tokens: { ...tokens, jwksUrl: `${issuer.url}/nowhere` } },
      ],
      { SHARED: 'x'.repeat(32) },
    ),
  ).toEqual([
    { check: 'issuer people', state: 'ok', detail: 'discovery answers, 1 key' },
    { check: 'issuer programs', state: 'ok', detail: '1 key' },
    { check: 'issuer shared', state: 'ok', detail: 'shares a secret' },
    {
      check: 'issuer astray',
      state: 'fault',
      detail:
        'the keys of astray cannot be fetched (the answer has the status 503): check its addresses in hansard.yaml, and that this machine reaches it',
    },
  ]);
  issuer.away(true);
  expect(await found([{ ...entry, name: 'people', signIn }])).toMatchObject([
    { state: 'fault', detail: expect.stringContaining('the discovery of people does not answer') },
  ]);
});

test('without issuers there is nothing to find, and a wrong one is told', async () => {
  expect(await found([])).toEqual([]);
  const issuers = async () => await Promise.reject(new Error('issuers[0].issuer is wrong'));
  expect(await issuerFindings({ issuers })).toEqual([
    { check: 'issuers', state: 'fault', detail: 'issuers[0].issuer is wrong' },
  ]);
});
