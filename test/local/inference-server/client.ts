import { once } from 'node:events';
import { createServer } from 'node:http';
import { readStatistics } from './start-server.ts';

type Body = Uint8Array<ArrayBuffer> | string | FormData;

/** Short forms of the requests to a server at `url`. */
export const clientOf = (url: () => string) => {
  const post = (path: string, body: Body, headers: Record<string, string> = {}) =>
    fetch(url() + path, { method: 'POST', body, headers });
  return {
    get: (path: string, headers: Record<string, string> = {}) => fetch(url() + path, { headers }),
    post,
    postJson: (path: string, value: unknown, headers: Record<string, string> = {}) =>
      post(path, JSON.stringify(value), { 'content-type': 'application/json', ...headers }),
    put: (path: string, value: unknown) =>
      fetch(url() + path, { method: 'PUT', body: JSON.stringify(value) }),
    billed: async (role: string) => (await readStatistics(url())).billed[role] ?? 0,
    billedFor: async (digest: string) => (await readStatistics(url())).byInput[digest] ?? 0,
  };
};

/** The status and the JSON of an answer. */
export const answerOf = async (response: Response) => ({
  status: response.status,
  body: await response.json(),
});

/** A WAV file of silence: 16 kHz, one channel of 16 bits. */
export function silentWav(seconds: number): Uint8Array<ArrayBuffer> {
  const dataBytes = Math.round(seconds * 16_000) * 2;
  const file = Buffer.alloc(44 + dataBytes);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + dataBytes, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16); // size of the fmt chunk
  file.writeUInt16LE(1, 20); // PCM
  file.writeUInt16LE(1, 22); // channels
  file.writeUInt32LE(16_000, 24);
  file.writeUInt32LE(32_000, 28); // bytes a second
  file.writeUInt16LE(2, 32); // bytes a sample
  file.writeUInt16LE(16, 34); // bits a sample
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(dataBytes, 40);
  return new Uint8Array(file);
}

export const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** A speech form with a file of six seconds; `file` null: without one. */
export function speechForm(
  fields: Record<string, string>,
  file: Uint8Array<ArrayBuffer> | string | null = silentWav(6),
): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  if (typeof file === 'string') form.append('file', file);
  else if (file !== null) form.append('file', new Blob([file], { type: 'audio/wav' }), 'chunk.wav');
  return form;
}

/** An object store with one file, which a provider can fetch at `path`; other paths are 404. */
export async function serveFile(path: string, bytes: Uint8Array) {
  const server = createServer((request, response) => {
    const found = request.url === path;
    response.writeHead(found ? 200 : 404).end(found ? bytes : '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
