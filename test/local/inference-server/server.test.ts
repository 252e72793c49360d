import { expect, it } from 'vitest';
import { startServer } from './start-server.ts';

/* How the server ends while faults keep answers back. */

const chat = (url: string) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'hansard/extractive-v1',
      messages: [{ role: 'user', content: 'We met.' }],
    }),
  });
const asked = async (url: string) => (await fetch(`${url}/local/stats`)).text();

it.each([
  ['a delay: the answer goes out then', { delayMs: 600_000 }, 'whole'],
  ['a drip: the body is cut off', { drip: { bytes: 5, everyMs: 60_000 } }, 'cut off'],
])('does not wait for %s', async (_what, fault, outcome) => {
  const server = await startServer('--faults', '--scripted-transcriber');
  const body = JSON.stringify([{ role: 'summarize', nth: 1, ...fault }]);
  await fetch(`${server.url}/local/faults`, { method: 'PUT', body });
  const read = chat(server.url)
    .then((response) => response.json())
    .then(
      () => 'whole',
      () => 'cut off',
    );
  await expect.poll(() => asked(server.url)).toContain('"requests":{"summarize":1}');
  const start = performance.now();
  expect(await server.stop()).toBe(0);
  expect(performance.now() - start).toBeLessThan(5000); // answers have 30 seconds
  expect(await read).toBe(outcome);
});
