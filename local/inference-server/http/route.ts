import type { IncomingHttpHeaders } from 'node:http';
import type { Reply } from './reply.ts';

export interface RouteRequest {
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  /** The groups of the route's pattern, decoded. */
  readonly path: readonly string[];
}

/** A model's answer, and the digest under which the statistics book it; null: nothing is billed, as for a poll. */
export interface ModelAnswer {
  readonly reply: Reply;
  readonly inputDigest: string | null;
}

export type Route =
  | {
      readonly kind: 'plain';
      readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
      readonly pattern: RegExp;
      readonly handle: (request: RouteRequest) => Reply | Promise<Reply>;
    }
  | {
      /** Asks for the token, is counted, and can be struck by faults. */
      readonly kind: 'model';
      readonly method: 'GET' | 'POST';
      readonly pattern: RegExp;
      /** Known from the path alone, so that a fault can strike before the body is understood. */
      readonly role: (path: readonly string[]) => string;
      readonly handle: (request: RouteRequest) => Promise<ModelAnswer>;
    };
