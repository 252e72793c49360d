import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { mostMemory } from './most-memory.ts';

/**
 * Sends a file to a gateway in parts, three at a time, as a client does, and prints as JSON the id of the upload, how long
 * it took, and the most memory of this process.
 */
const { values } = parseArgs({
  options: { url: { type: 'string' }, key: { type: 'string' }, file: { type: 'string' } },
});
const { url, key, file } = z
  .object({ url: z.string(), key: z.string(), file: z.string() })
  .parse(values);

const uploadSchema = z.object({ id: z.string(), partBytes: z.number(), parts: z.number() });
const addressSchema = z.object({
  parts: z.array(z.object({ part: z.number(), bytes: z.number(), url: z.string() })),
});
const AT_ONCE = 3;

const begun = performance.now();
const blob = await openAsBlob(file);
const upload = uploadSchema.parse(
  await ask('/api/uploads', { name: basename(file), bytes: blob.size }),
);
for (let first = 1; first <= upload.parts; first += AT_ONCE) {
  const last = Math.min(first + AT_ONCE - 1, upload.parts);
  const parts = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const answer = await ask(`/api/uploads/${upload.id}/parts`, { parts });
  await Promise.all(addressSchema.parse(answer).parts.map(send));
}
await ask(`/api/uploads/${upload.id}/complete`);
const seconds = (performance.now() - begun) / 1000;
console.log(JSON.stringify({ id: upload.id, seconds, mebibytes: await mostMemory(process.pid) }));

async function ask(path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

async function send(address: z.infer<typeof addressSchema>['parts'][number]): Promise<void> {
  const from = (address.part - 1) * upload.partBytes;
  const body = blob.slice(from, from + address.bytes);
  const response = await fetch(address.url, { method: 'PUT', body });
  await response.text();
  if (!response.ok) throw new Error(`part ${address.part}: the store answered ${response.status}`);
}
