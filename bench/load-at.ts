import autocannon from 'autocannon';

interface Load {
  readonly requestsPerSecond: number;
  readonly connections: number;
  readonly seconds: number;
}

/**
 * Sends the same request at a steady rate, with `[<id>]` in its body replaced by an id each time, and returns the times of
 * all answers in milliseconds. Throws if an answer is not 200.
 */
export async function loadAt(
  {
    url,
    headers,
    body,
  }: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  },
  { requestsPerSecond, connections, seconds }: Load,
): Promise<readonly number[]> {
  const times: number[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>();
  const running = autocannon(
    {
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      idReplacement: true,
      connections,
      overallRate: requestsPerSecond,
      duration: seconds,
    },
    (error: unknown, result) => {
      if (error instanceof Error) reject(error);
      else resolve(result);
    },
  );
  running.on('response', (_client, _status, _bytes, milliseconds) => times.push(milliseconds));
  const { non2xx, errors } = await promise;
  if (non2xx + errors > 0)
    throw new Error(`${url}: ${non2xx} answers are not 200, ${errors} errors`);
  return times;
}
