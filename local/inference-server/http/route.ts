import type { IncomingHttpHeaders } from 'node:http';
import type { Reply } from './reply.ts';

export interface RouteRequest {
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  /** The groups of the route's pattern, decoded. */
  readonly path: readonly string[];
}

/** A model's answer, and the digest under which the statistics book it. */
export interface ModelAnswer {
  readonly reply: Reply;
  readonly inputDigest: string;
}

export type Route =
  | {
      readonly kind: 'plain';
      readonly method: 'GET' | 'PUT' | 'DELETE';
      readonly pattern: RegExp;
      readonly handle: (request: RouteRequest) => Reply;
    }
  | {
      readonly kind: 'model';
      readonly method: 'POST';
      readonly pattern: RegExp;
      /** Known from the path alone, so that a fault can strike before the body is understood. */
      readonly role: (path: readonly string[]) => string;
      readonly handle: (request: RouteRequest) => Promise<ModelAnswer>;
    };
