/** What an error's body says. It decides the verdict and goes no further: providers echo prompts. */
export interface ErrorMessage {
  /** At most 2048 characters. */
  readonly text: string;
  /** Codes and types, blank between; empty: none said. */
  readonly code: string;
  /** A status inside the body, of servers that answer 200 with an error in it; null: none. */
  readonly status: number | null;
  readonly estimatedTimeSeconds: number | null;
}

/** Reads every shape that the router, its providers and gateways are known to answer. Never throws. */
export function readErrorMessage(bytes: Uint8Array): ErrorMessage {
  const raw = new TextDecoder().decode(bytes);
  const body = parseJson(raw);
  if (!isRecord(body))
    return { text: cap(raw), code: '', status: null, estimatedTimeSeconds: null };
  const error = body['error'];
  const inner = isRecord(error) ? error : {};
  const said = [inner['code'], inner['type'], body['code'], body['error_type'], body['type']];
  return {
    text: cap(textOf(body) ?? raw),
    code: cap(said.filter((code) => typeof code === 'string').join(' ')),
    status: firstStatus(
      inner['http_status_code'],
      inner['status_code'],
      inner['status'],
      inner['code'],
      body['status_code'],
      body['status'],
      body['code'],
    ),
    estimatedTimeSeconds:
      typeof body['estimated_time'] === 'number' ? body['estimated_time'] : null,
  };
}

/** True for a JSON object that holds an error, which some servers send with a 200. */
export function holdsError(bytes: Uint8Array): boolean {
  if (bytes.find((byte) => !BLANKS.includes(byte)) !== OPENING_BRACE) return false;
  const body = parseJson(new TextDecoder().decode(bytes));
  if (!isRecord(body)) return false;
  const { error } = body;
  return (typeof error === 'string' && error !== '') || isRecord(error) || isFilledList(error);
}

const OPENING_BRACE = 0x7b;
const BLANKS: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];
const LONGEST_TEXT = 2048;

/** The order that tells the shapes apart: Hugging Face, OpenAI, lists, fal, Mistral, problem+json. */
function textOf(body: Record<string, unknown>): string | null {
  const { error, detail } = body;
  const candidates = [
    error,
    isRecord(error) ? error['message'] : undefined,
    joined(error, 'message'),
    detail,
    joined(detail, 'msg'),
    body['message'],
    body['title'],
  ];
  const found = candidates.find((text) => typeof text === 'string' && text !== '');
  return typeof found === 'string' ? found : null;
}

function joined(list: unknown, member: string): string | undefined {
  if (!isFilledList(list)) return undefined;
  const texts = list.map((item) => (isRecord(item) ? item[member] : item));
  return texts.filter((text) => typeof text === 'string').join('; ');
}

function firstStatus(...candidates: unknown[]): number | null {
  for (const said of candidates) {
    const status = typeof said === 'string' || typeof said === 'number' ? Number(said) : 0;
    if (Number.isInteger(status) && status >= 400 && status <= 599) return status;
  }
  return null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isFilledList = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.length > 0;

const cap = (text: string): string => text.slice(0, LONGEST_TEXT);
