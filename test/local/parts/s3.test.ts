import { Agent, request } from 'node:http';
import { expect, test } from 'vitest';
import { testStack } from '../../support/stack.ts';

test('the S3 server answers several requests on one connection', async () => {
  const { s3 } = testStack();
  using stack = new DisposableStack();
  const agent = stack.adopt(new Agent({ keepAlive: true, maxSockets: 1 }), (one) => one.destroy());
  const ask = async (): Promise<number | undefined> => {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    const asked = request(`${s3.endpoint}/health`, { agent }, (answer) => {
      const port = answer.socket.localPort;
      answer.resume().once('end', () => resolve(port));
    });
    asked.once('error', reject).end();
    return await promise;
  };
  const first = await ask();
  // The agent has the connection back a moment after the answer's end.
  await new Promise((resolve) => setImmediate(resolve));
  expect(await ask()).toBe(first);
});
