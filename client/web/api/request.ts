import { ProblemError, toProblem } from './problem.ts';

export type Parameters = Readonly<Record<string, string | number | undefined>>;

/** The address of a route, with the parameters that have a value. */
export function addressOf(path: string, parameters: Parameters = {}): string {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const query = new URLSearchParams(given).toString();
  return `/api${path}${query && `?${query}`}`;
}

/**
 * Asks the gateway, with the cookie of the session. Throws `ProblemError` for every answer that is none, and when nobody
 * answers.
 */
export async function request<T>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  {
    parameters,
    body,
    signal,
  }: {
    readonly parameters?: Parameters;
    readonly body?: unknown;
    readonly signal?: AbortSignal;
  } = {},
): Promise<T> {
  const response = await fetch(addressOf(path, parameters), {
    method,
    credentials: 'same-origin',
    ...(signal && { signal }),
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ProblemError({ status: 0, code: 'offline', detail: '' });
  });
  const text = await response.text();
  if (!response.ok) throw toProblem(response.status, text);
  // Our own gateway sends only what fits its schemas: it is not checked again.
  const answer: T = JSON.parse(text === '' ? 'null' : text);
  return answer;
}
