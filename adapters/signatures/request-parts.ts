import type { MessageParts } from './signature-base.ts';

/** A request as it is sent. */
export interface RequestFacts {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** Host, and port unless it is the one of the scheme; in lower case. */
  readonly authority: string;
  /** Path and query, byte for byte, as in the first line of the request. */
  readonly target: string;
  readonly field: MessageParts['field'];
}

/** What a signature may cover of a request (RFC 9421, section 2.2). */
export function requestParts({
  method,
  scheme,
  authority,
  target,
  field,
}: RequestFacts): MessageParts {
  const [path = ''] = target.split('?', 1);
  const query = target.slice(path.length);
  const derived: Readonly<Record<string, string>> = {
    '@method': method,
    '@target-uri': `${scheme}://${authority}${target}`,
    '@authority': authority,
    '@scheme': scheme,
    '@request-target': target,
    '@path': path === '' ? '/' : path,
    '@query': query === '' ? '?' : query,
  };
  return {
    derived: (name, parameters) => {
      if (name === '@query-param') return parameterOf(query, parameters);
      return parameters.size === 0 && Object.hasOwn(derived, name) ? (derived[name] ?? null) : null;
    },
    field,
  };
}

/** Section 2.2.8: a parameter that is there once, encoded anew. */
function parameterOf(query: string, parameters: ReadonlyMap<string, unknown>): string | null {
  const name = parameters.get('name');
  if (parameters.size !== 1 || typeof name !== 'string') return null;
  const [value, ...more] = [...new URLSearchParams(query)].flatMap(([one, its]) =>
    encoded(one) === name ? [its] : [],
  );
  return value === undefined || more.length > 0 ? null : encoded(value);
}

const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Host and port as a signature has them: in lower case, and without the port of the scheme. */
export function authorityOf(host: string, scheme: RequestFacts['scheme']): string {
  const port = scheme === 'https' ? ':443' : ':80';
  const lower = host.toLowerCase();
  return lower.endsWith(port) ? lower.slice(0, -port.length) : lower;
}
