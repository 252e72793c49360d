import { expect, test } from 'vitest';
import { parseTrustedProxies } from '../../../client/gateway/trusted-proxies.ts';
import { testGateway } from './test-gateway.ts';

const parse = (text: string) => parseTrustedProxies({ HANSARD_GATEWAY_TRUSTED_PROXIES: text });

test('addresses and networks are separated by commas; none is trusted by default', () => {
  expect(parse('127.0.0.1, 10.0.0.0/8,::1 , fd00::/8,')).toEqual([
    '127.0.0.1',
    '10.0.0.0/8',
    '::1',
    'fd00::/8',
  ]);
  expect(parse('')).toEqual([]);
  expect(parseTrustedProxies({})).toEqual([]);
});

test.each([
  '0.0.0.0/0',
  '::/0',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/',
  '10.1/16',
  '10.1',
  '0x7f000001',
  'proxy.internal',
  'true',
  'loopback',
  '127.0.0.1 10.0.0.1',
])('%j is refused', (text) => {
  expect(() => parse(text)).toThrow(/^HANSARD_GATEWAY_TRUSTED_PROXIES takes addresses/);
});

test('requests count for the address that a trusted proxy tells, and for the connection’s own of everybody else', async () => {
  await using gateway = await testGateway({
    requestsPerMinute: 2,
    trustedProxies: ['10.9.0.0/16'],
  });
  const ask = async (remoteAddress: string, forwarded: string) =>
    (
      await gateway.app.inject({
        url: '/openapi.json',
        remoteAddress,
        headers: { 'x-forwarded-for': forwarded },
      })
    ).statusCode;
  const asked = async (...requests: readonly (readonly [string, string])[]) => {
    const statuses = [];
    for (const [remoteAddress, forwarded] of requests)
      statuses.push(await ask(remoteAddress, forwarded));
    return statuses;
  };
  // What the client itself wrote stands before what the proxy adds.
  expect(
    await asked(
      ['10.9.0.1', '203.0.113.1'],
      ['::ffff:10.9.0.2', '198.51.100.7, 203.0.113.1'],
      ['10.9.0.1', 'nonsense, 203.0.113.1, 10.9.0.3'],
      ['10.9.0.1', '203.0.113.2'],
    ),
  ).toEqual([200, 200, 429, 200]);
  expect(
    await asked(['10.8.0.1', '203.0.113.3'], ['10.8.0.1', '203.0.113.4'], ['10.8.0.1', '10.9.0.1']),
  ).toEqual([200, 200, 429]);
});

test('no proxy is trusted unless it is named', async () => {
  await using gateway = await testGateway({ requestsPerMinute: 1 });
  const statuses = [];
  for (const forwarded of ['203.0.113.1', '203.0.113.2']) {
    const headers = { 'x-forwarded-for': forwarded };
    const answer = await gateway.app.inject({ url: '/openapi.json', headers });
    statuses.push(answer.statusCode);
  }
  expect(statuses).toEqual([200, 429]);
});
