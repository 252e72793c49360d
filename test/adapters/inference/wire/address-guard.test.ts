import type { ResolveHost } from '../../../../adapters/inference/wire/address-guard.ts';
import { Agent } from 'undici';
import { expect, test } from 'vitest';
import {
  AddressError,
  createGuardedAgent,
  guardAddress,
  guardUrl,
} from '../../../../adapters/inference/wire/address-guard.ts';
import { withServer } from '../with-server.ts';

const resolving =
  (...addresses: readonly string[]): ResolveHost =>
  async () =>
    await Promise.resolve(
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
const guard = async (url: string, resolveHost: ResolveHost): Promise<void> =>
  await guardAddress(new URL(url), resolveHost);

const INSIDE = [
  ['0.0.0.0', 'unspecified'],
  ['10.1.2.3', 'private'],
  ['100.64.0.1', 'shared by carriers'],
  ['100.100.100.200', 'metadata of a cloud'],
  ['127.0.0.1', 'loopback'],
  ['127.255.0.9', 'loopback'],
  ['168.63.129.16', 'the inside of a cloud'],
  ['169.254.169.254', 'metadata of clouds'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.0.0.192', 'metadata of a cloud'],
  ['192.168.1.1', 'private'],
  ['198.18.0.1', 'benchmarks'],
  ['203.0.113.5', 'documentation'],
  ['224.0.0.1', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['::127.0.0.1', 'compatible'],
  ['::ffff:127.0.0.1', 'mapped'],
  ['::ffff:8.8.8.8', 'mapped'],
  ['64:ff9b::7f00:1', 'NAT64'],
  ['64:ff9b:1::1', 'local NAT64'],
  ['2001::1', 'Teredo'],
  ['2001:db8::1', 'documentation'],
  ['2002:7f00:1::', '6to4'],
  ['fd00:ec2::254', 'metadata of a cloud'],
  ['fe80::1', 'link-local'],
  ['fec0::1', 'site-local'],
  ['ff02::1', 'multicast'],
  ['4000::1', 'not given out'],
] as const;

test.each(INSIDE)('%s (%s) is refused, by name and by number', async (address) => {
  await expect(guard('https://files.example/x', resolving(address))).rejects.toBeInstanceOf(
    AddressError,
  );
  const literal = address.includes(':') ? `[${address}]` : address;
  await expect(guard(`https://${literal}/x`, resolving('8.8.8.8'))).rejects.toBeInstanceOf(
    AddressError,
  );
});

test('one inner address among outer ones spoils the host, and a host without addresses is none', async () => {
  await expect(guard('https://a.example/', resolving('8.8.8.8', '10.0.0.1'))).rejects.toThrow(
    /public network/,
  );
  await expect(guard('https://a.example/', resolving())).rejects.toThrow(/public network/);
});

test.each([
  ['https://a.example/x?y', resolving('8.8.8.8', '2606:4700::1111')],
  ['https://a.example:443/x', resolving('8.8.8.8')],
  ['https://1.1.1.1/', resolving()],
  ['https://[2606:4700::1111]/', resolving()],
])('%s is public and passes', async (url, resolveHost) => {
  await expect(guard(url, resolveHost)).resolves.toBeUndefined();
});

test.each([
  ['http://a.example/', /not https/],
  ['ftp://a.example/', /not https/],
  ['file:///etc/passwd', /not https/],
  ['https://user@a.example/', /credentials/],
  ['https://:password@a.example/', /credentials/],
  ['https://a.example:8443/', /port/],
  ['https://2130706433/', /public network/],
  ['https://0x7f.1/', /public network/],
  ['https://017700000001/', /public network/],
])('%s is refused', async (url, why) => {
  await expect(guard(url, resolving('8.8.8.8'))).rejects.toThrow(why);
});

test('where private servers are allowed, so are http, ports and their addresses, but no credentials', () => {
  const guarded = (url: string) => guardUrl(new URL(url), { allowPrivate: true });
  guarded('http://10.0.0.1:8000/x');
  guarded('http://files.internal:8000/x');
  expect(() => guarded('http://me@10.0.0.1/')).toThrow(/credentials/);
  expect(() => guarded('file:///etc/passwd')).toThrow(/not https/);
});

test("the connection is refused by its own look-up: a name server's second answer helps nobody", async () => {
  let calls = 0;
  await withServer(
    (_, response) => {
      calls += 1;
      response.end('inside');
    },
    async (baseUrl) => {
      const { port } = new URL(baseUrl);
      // First a public address for the check, then the loopback for the connection.
      const answers = ['8.8.8.8', '127.0.0.1'];
      const rebinding: ResolveHost = async () =>
        await Promise.resolve([{ address: answers.shift() ?? '127.0.0.1', family: 4 }]);
      await guard('https://rebinding.example/', rebinding);
      const agent = createGuardedAgent({ resolveHost: rebinding });
      const refused = agent.request({
        origin: `http://rebinding.example:${port}`,
        path: '/',
        method: 'GET',
      });
      await expect(refused).rejects.toBeInstanceOf(AddressError);
      await agent.close();
      expect(calls).toBe(0);
      // The address does answer whoever is let through.
      const open = new Agent();
      expect((await open.request({ origin: baseUrl, path: '/', method: 'GET' })).statusCode).toBe(
        200,
      );
      await open.destroy();
      expect(calls).toBe(1);
    },
  );
});
