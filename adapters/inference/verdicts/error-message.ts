import { eventsOf } from '../protocols/reading/event-stream.ts';
import { asBuffer, parseJson, textOf } from '../wire/wire-body.ts';

/** The content of an error's body. It is used for the verdict only, because providers echo prompts. */
export interface ErrorMessage {
  /** At most 2048 characters. */
  readonly text: string;
  /**
   * Codes and types, separated by spaces; `param:model` if the field `model` is wrong, and `field:missing` if the body
   * lacks a field. Empty: none.
   */
  readonly code: string;
  /** The status in the body of servers that answer errors with 200; null: none. */
  readonly status: number | null;
  readonly estimatedTimeSeconds: number | null;
}

/** Reads every known error format of the router, its providers and gateways. Never throws. */
export function readErrorMessage(bytes: Uint8Array): ErrorMessage {
  const raw = textOf(bytes.subarray(0, LONGEST_ERROR_BYTES));
  const body = bodyOf(raw);
  if (!isRecord(body)) {
    const text = typeof body === 'string' ? body : isPage(raw) ? wordsOf(raw) : raw;
    return { text: cap(text), code: '', status: null, estimatedTimeSeconds: null };
  }
  const { error, detail } = body;
  const inner = isRecord(error) ? error : {};
  const codes = [
    ...membersOf(inner, 'code', 'type'),
    ...membersOf(body, 'code', 'error_type', 'type'),
    joined(detail, 'type'),
    inner['param'] === 'model' || joined(detail, 'loc') === 'body.model' ? 'param:model' : '',
    lacksField(detail) ? 'field:missing' : '',
  ];
  const statuses = [
    ...membersOf(inner, 'http_status_code', 'status_code', 'status', 'code'),
    ...membersOf(body, 'status_code', 'status', 'code'),
  ];
  return {
    text: cap(messageOf(body) ?? raw),
    code: cap(codes.filter((code) => typeof code === 'string' && code !== '').join(' ')),
    status: firstStatus(statuses),
    estimatedTimeSeconds:
      typeof body['estimated_time'] === 'number' ? body['estimated_time'] : null,
  };
}

/**
 * True for a JSON object that contains an error, which some servers send with a 200. The report of queued work that
 * failed (`{"id", "status": "failed", "error"}`) is an answer: its contract reads it.
 */
export function holdsError(bytes: Uint8Array): boolean {
  // Most answers contain none, and searching for the word costs a tenth of parsing them once more.
  const text = asBuffer(bytes);
  if (!text.includes('"error"')) return false;
  const body = parseJson(text.toString('utf8'));
  if (!isRecord(body)) return false;
  const { error, id, request_id: requestId, status } = body;
  if (typeof status === 'string' && (typeof id === 'string' || typeof requestId === 'string'))
    return false;
  return (
    (typeof error === 'string' && error !== '') ||
    isRecord(error) ||
    isFilledList(error) ||
    body['object'] === 'error'
  );
}

/** No real error is longer; the rest is not read. */
const LONGEST_ERROR_BYTES = 1024 * 1024;

/** JSON, or the first event with an error in an event stream; of a list, its first element. */
function bodyOf(raw: string): unknown {
  const body = parseJson(raw) ?? errorEvent(raw);
  return isFilledList(body) && isRecord(body[0]) ? body[0] : body;
}

function errorEvent(raw: string): unknown {
  if (!/^(?:data|event|id|retry|):/.test(raw.trimStart())) return null;
  const events = eventsOf(raw)
    .slice(0, MOST_EVENTS)
    .map(({ data }) => parseJson(data))
    .filter(isRecord);
  return events.find((event) => 'error' in event) ?? events[0] ?? null;
}

/** A stream fails in its last event; one longer than this has delivered an answer before. */
const MOST_EVENTS = 10_000;

const isPage = (raw: string): boolean =>
  /^\s*<(?:!doctype|html|head|body|h1|\?xml)\b/i.test(raw.slice(0, 200));

/** The text of a page without tags and scripts, whose words have another meaning (`loading="lazy"`). */
const wordsOf = (page: string): string =>
  page
    .slice(0, LONGEST_PAGE)
    .replace(/<(?:script|style)\b[^<]*/gi, ' ')
    .replace(/<[^<>]*>?/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** Gateways' pages have the message at their beginning. */
const LONGEST_PAGE = 16_384;

const LONGEST_TEXT = 2048;

/** In the order that distinguishes the formats: Hugging Face, OpenAI, lists, fal, Mistral, problem+json. */
function messageOf(body: Record<string, unknown>): string | null {
  const { error, errors, detail } = body;
  const candidates = [
    error,
    isRecord(error) ? error['message'] : undefined,
    joined(error, 'message'),
    joined(errors, 'message'),
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
  const texts = list
    .slice(0, MOST_ERRORS)
    .map((item) => (isRecord(item) ? item[member] : item))
    .map((text) =>
      isFilledList(text) ? text.filter((one) => typeof one === 'string').join('.') : text,
    );
  return texts.filter((text) => typeof text === 'string').join('; ');
}

/** FastAPI's way to say it, of both major versions of pydantic. A location without a field means the whole body. */
const lacksField = (detail: unknown): boolean =>
  isFilledList(detail) &&
  detail
    .slice(0, MOST_ERRORS)
    .filter(isRecord)
    .some(
      ({ type, loc }) =>
        typeof type === 'string' &&
        /(?:^|\.)missing$/.test(type) &&
        Array.isArray(loc) &&
        loc[0] === 'body' &&
        loc.length > 1,
    );

/** The longest list that is read: each field of a form may have an error. */
const MOST_ERRORS = 100;

function firstStatus(candidates: readonly unknown[]): number | null {
  for (const said of candidates) {
    const status = typeof said === 'string' || typeof said === 'number' ? Number(said) : 0;
    if (Number.isInteger(status) && status >= 400 && status <= 599) return status;
  }
  return null;
}

const membersOf = (record: Record<string, unknown>, ...names: readonly string[]): unknown[] =>
  names.map((name) => record[name]);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isFilledList = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.length > 0;

const cap = (text: string): string => text.slice(0, LONGEST_TEXT);
