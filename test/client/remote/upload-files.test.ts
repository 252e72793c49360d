import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createGatewayClient } from '../../../client/remote/gateway-client.ts';
import { uploadFiles } from '../../../client/remote/upload-files.ts';

/** Parts that get lost on the way, which a real store does not do on demand. */

const ID = '01234567-89ab-4cde-8f01-23456789abcd';
const PART_BYTES = 5;

interface Wanted {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A gateway and its store in one. `losing`: the parts whose first way is cut. */
async function gatewayLosing(...losing: number[]) {
  const stored = new Map<number, string>();
  const sent: string[] = [];
  let upload: object | null = null;
  const server = createServer((request, response) => {
    void answer(request).then(
      (body) => response.writeHead(200).end(JSON.stringify(body)),
      () => response.destroy(),
    );
  });
  const answer = async (request: IncomingMessage): Promise<object | null> => {
    const { method = '', url = '', headers } = request;
    sent.push(`${method} ${url} ${headers.authorization === undefined ? 'no key' : 'key'}`);
    if (method === 'PUT') {
      const part = Number(url.split('/').at(-1));
      const at = losing.indexOf(part);
      if (at !== -1) throw new Error(`part ${losing.splice(at, 1)[0]} is lost`);
      stored.set(part, await text(request));
      return null;
    }
    if (method === 'POST' && url === '/api/uploads') {
      const { name, bytes, sha256 } = (await json(request)) as Wanted;
      const parts = Math.ceil(bytes / PART_BYTES);
      upload = { id: ID, name, bytes, sha256, partBytes: PART_BYTES, parts };
      return upload;
    }
    if (url === '/api/uploads') return { uploads: upload === null ? [] : [upload] };
    if (!url.endsWith('/parts')) return { ...upload, received: [...stored.keys()] };
    const { parts } = (await json(request)) as { parts: number[] };
    const part = (number: number) => ({
      part: number,
      bytes: number === 3 ? 2 : PART_BYTES,
      url: `http://${place}/store/${number}`,
    });
    return { parts: parts.map(part) };
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const place = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createGatewayClient({
    url: `http://${place}`,
    place,
    opener: { key: 'hansard_k' },
  });
  return { client, stored, sent };
}

test('a part that is lost is sent again, alone and without the key; what is there is not sent twice', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-parts-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'talk.m4a');
  await writeFile(path, 'abcdefghijkl');
  const { client, stored, sent } = await gatewayLosing(2);
  const told: number[] = [];
  const { signal } = new AbortController();
  const onUploaded = (bytes: number) => void told.push(bytes);
  const upload = () => uploadFiles(client, [{ path, bytes: 12 }], { signal, onUploaded }, 1);
  expect(await upload()).toEqual([ID]);
  expect([...stored].toSorted(([one], [other]) => one - other)).toEqual([
    [1, 'abcde'],
    [2, 'fghij'],
    [3, 'kl'],
  ]);
  const puts = () => sent.filter((line) => line.startsWith('PUT')).toSorted();
  expect(puts()).toEqual([
    'PUT /store/1 no key',
    'PUT /store/2 no key',
    'PUT /store/2 no key',
    'PUT /store/3 no key',
  ]);
  expect(told).toEqual([0, 10, 12]);
  // The command, started anew.
  expect(await upload()).toEqual([ID]);
  expect(puts()).toHaveLength(4);
  expect(sent.at(-1)).toBe(`POST /api/uploads/${ID}/complete key`);
});
