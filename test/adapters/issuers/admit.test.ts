import fc from 'fast-check';
import { expect, test } from 'vitest';
import { admit, speaksFor } from '../../../adapters/issuers/admit.ts';
import type { Issuer } from '../../../adapters/issuers/resolve-issuer.ts';
import { issuersOf } from './issuers-of.ts';

const issuerWith = (changed: object = {}): Issuer => {
  const [issuer] = issuersOf([
    {
      name: 'main',
      issuer: 'https://id.example.org',
      tenant: { claim: 'org', map: { 'Acme Inc': 'acme', 'Acme Ltd': 'acme', Beta: 'beta' } },
      roles: { claim: 'groups', map: { bosses: 'approver', staff: 'submitter', all: 'viewer' } },
      tokens: { audience: 'hansard' },
      ...changed,
    },
  ]);
  if (issuer === undefined) throw new TypeError('no issuer');
  return issuer;
};
const ANNA = { sub: 'anna@acme.example', org: 'Acme Inc', groups: ['all', 'staff'] };

test('mapped claims give tenant and role: of several roles, the first one in the map', () => {
  expect(admit(issuerWith(), { ...ANNA, name: 'Anna Weiß' })).toEqual({
    admitted: {
      id: expect.stringMatching(/^identity:main:[0-9a-f]{20}$/),
      tenant: 'acme',
      role: 'submitter',
      name: 'Anna Weiß',
    },
  });
});

test('an id is of one subject of one issuer, and does not tell the subject', () => {
  const idOf = (issuer: Issuer, sub: string) => {
    const admission = admit(issuer, { ...ANNA, sub });
    return 'admitted' in admission ? admission.admitted.id : admission.id;
  };
  const [one, other] = [issuerWith(), issuerWith({ issuer: 'https://other.example.org' })];
  expect(idOf(one, 'anna')).toBe(idOf(one, 'anna'));
  expect(new Set([idOf(one, 'anna'), idOf(one, 'Anna'), idOf(other, 'anna')]).size).toBe(3);
  expect(idOf(one, ANNA.sub)).not.toContain('anna');
});

test.each<[string, object, string, string | null]>([
  ['no role claim', { groups: undefined }, 'no role', 'acme'],
  ['a role that is not mapped', { groups: ['admin'] }, 'no role', 'acme'],
  ['a role in other letters', { groups: ['STAFF'] }, 'no role', 'acme'],
  ['roles that are no texts', { groups: [7, { staff: true }, ['staff']] }, 'no role', 'acme'],
  ['roles in one text', { groups: 'staff all' }, 'no role', 'acme'],
  ['what objects have by themselves', { groups: ['__proto__', 'constructor'] }, 'no role', 'acme'],
  ['no tenant', { org: undefined }, 'no tenant', null],
  ['a tenant that is not mapped', { org: 'acme' }, 'no tenant', null],
  ['two tenants', { org: ['Acme Inc', 'Beta'] }, 'more than one tenant', null],
  [
    'roles that are Hansard’s own',
    { groups: undefined, role: 'admin', tenant: 'acme' },
    'no role',
    'acme',
  ],
])('nobody gets in with %s', (_, changed, words, tenant) => {
  const admission = admit(issuerWith(), { ...ANNA, ...changed });
  expect(admission).toEqual({
    refused: expect.stringContaining(`gives you ${words} here`.replace('gives', 'give')),
    id: expect.stringMatching(/^identity:main:/),
    tenant,
  });
});

test('a claim lies inside others, or has dots in its name', () => {
  const inside = issuerWith({
    tenant: 'acme',
    roles: { claim: ['realm_access', 'roles'], map: { staff: 'operator' } },
  });
  const claims = { sub: 'a', realm_access: { roles: ['staff'] } };
  expect(admit(inside, claims)).toMatchObject({ admitted: { role: 'operator' } });
  expect(admit(inside, { sub: 'a', 'realm_access.roles': ['staff'] })).toHaveProperty('refused');
  const address = 'https://acme.example/roles';
  const dotted = issuerWith({ tenant: 'acme', roles: { claim: address, map: { s: 'viewer' } } });
  expect(admit(dotted, { sub: 'a', [address]: 's' })).toMatchObject({
    admitted: { role: 'viewer' },
  });
});

test('a name is one line of 100 characters, and never the subject', () => {
  const nameOf = (claims: object) => {
    const admission = admit(issuerWith(), { ...ANNA, ...claims });
    return 'admitted' in admission ? admission.admitted.name : null;
  };
  expect(nameOf({ name: ' \n', preferred_username: 'anna' })).toBe('anna');
  expect(nameOf({ name: 'An\nna\u202829' })).toBe('An na 29');
  expect(nameOf({ name: 'a'.repeat(300) })).toHaveLength(100);
  expect(nameOf({ client_id: 'nightly' })).toBe('nightly');
  expect(nameOf({})).toMatch(/^identity:main:/);
});

test('whatever is claimed, only what is mapped is given', () => {
  const issuer = issuerWith();
  const value = fc.constantFrom('Acme Inc', 'Beta', 'acme', 'admin', 'staff', 'bosses', 'all', '');
  const claimed = fc.oneof(value, fc.array(value), fc.jsonValue());
  fc.assert(
    fc.property(claimed, claimed, fc.jsonValue(), (org, groups, other) => {
      const admission = admit(issuer, { sub: 'a', org, groups, role: other, tenant: other });
      if (!('admitted' in admission)) return;
      const { tenant, role } = admission.admitted;
      const orgs = [org].flat();
      const expected = orgs.includes('Beta') ? 'beta' : 'acme';
      expect(tenant).toBe(expected);
      expect(orgs.includes('Beta') && orgs.includes('Acme Inc')).toBe(false);
      const first = ['bosses', 'staff', 'all'].find((group) => [groups].flat().includes(group));
      expect(role).toBe({ bosses: 'approver', staff: 'submitter', all: 'viewer' }[first ?? '']);
    }),
  );
});

test('an issuer speaks for the tenants in its map only', () => {
  expect(speaksFor(issuerWith(), 'beta')).toBe(true);
  expect(speaksFor(issuerWith(), 'Acme Inc')).toBe(false);
  expect(speaksFor(issuerWith({ tenant: 'acme' }), 'acme')).toBe(true);
  expect(speaksFor(issuerWith({ tenant: 'acme' }), 'beta')).toBe(false);
});
