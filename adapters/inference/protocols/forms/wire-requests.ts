import type { WireRequest } from '../../wire/wire-message.ts';

/** `headers.accept` must be one plain value, like `content-type`: the toolkit compares it as a whole. */
export const postRequest = (
  url: string,
  body: WireRequest['body'],
  parameters: WireRequest['parameters'],
  headers: WireRequest['headers'] = {},
): WireRequest => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
  body,
  parameters,
});

/** Asks for the state of queued work. */
export const stateRequest = (url: string): WireRequest => ({
  method: 'GET',
  url,
  headers: { accept: 'application/json' },
  body: null,
  parameters: {},
});
