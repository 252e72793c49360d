import { toProblem } from './problem.ts';

export type Parameters = Readonly<Record<string, string | number | undefined>>;

/** The address of a route, with the parameters that have a value. */
export function addressOf(path: string, parameters: Parameters = {}): string {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const query = new URLSearchParams(given).toString();
  return `/api${path}${query && `?${query}`}`;
}

interface Asked {
  readonly parameters?: Parameters;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * Asks the gateway, with the cookie of the session, and answers its JSON. Throws `ProblemError` for every answer that is
 * none, and when nobody answers.
 */
export async function request<T>(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  asked: Asked = {},
): Promise<T> {
  const response = await send(method, path, asked);
  const text = await response.text();
  if (!response.ok) throw toProblem(response.status, text);
  // Our own gateway sends only what fits its schemas: it is not checked again.
  const answer: T = JSON.parse(text === '' ? 'null' : text);
  return answer;
}

/** The status that a GET would have. Throws `ProblemError` when nobody answers. */
export async function statusOf(path: string, asked: Asked = {}): Promise<number> {
  return (await send('HEAD', path, asked)).status;
}

async function send(method: string, path: string, { parameters, body, signal }: Asked) {
  try {
    return await fetch(addressOf(path, parameters), {
      method,
      credentials: 'same-origin',
      ...(signal && { signal }),
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw toProblem(0, '');
  }
}
