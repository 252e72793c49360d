import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Dispatcher } from 'undici';

interface Load {
  readonly requestsPerSecond: number;
  readonly connections: number;
  readonly seconds: number;
}

interface Sent {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of each request, anew. */
  readonly body: () => string;
}

/**
 * Sends one request after the other at a steady rate, whether or not earlier ones are answered, on the connections in
 * turn. Returns the times of all answers in milliseconds, each from when its request was due: a request that had to wait
 * behind another one, or for this process, took that much longer. Throws if an answer is not 200.
 *
 * With undici's handlers, because what sends the load takes part of the same processors.
 */
export async function loadAt(
  { url, headers, body }: Sent,
  { requestsPerSecond, connections, seconds }: Load,
): Promise<readonly number[]> {
  const { origin, pathname: path } = new URL(url);
  const clients = Array.from({ length: connections }, () => new Client(origin, { pipelining: 1 }));
  const options = {
    path,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
  } as const;
  try {
    const answers: Promise<number>[] = [];
    const begun = performance.now();
    for (let count = 0; count < requestsPerSecond * seconds; count += 1) {
      const due = begun + (count * 1_000) / requestsPerSecond;
      while (performance.now() < due) await sleep(Math.ceil(due - performance.now()));
      const client = clients[count % connections];
      if (client === undefined) throw new RangeError('a load needs connections');
      answers.push(answered(client, { ...options, body: body() }, due));
    }
    return await Promise.all(answers);
  } finally {
    await Promise.all(clients.map((client) => client.destroy()));
  }
}

function answered(
  client: Client,
  options: Dispatcher.DispatchOptions,
  due: number,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  // Told to whoever waits for all of them, which is later.
  promise.catch(() => undefined);
  let status = 0;
  client.dispatch(options, {
    onRequestStart: () => {},
    onResponseData: () => {},
    onResponseStart: (_, answer) => {
      status = answer;
    },
    onResponseEnd: () => {
      if (status === 200) resolve(performance.now() - due);
      else reject(new Error(`${options.path}: an answer is ${status} and not 200`));
    },
    onResponseError: (_, error) => reject(error),
  });
  return promise;
}
