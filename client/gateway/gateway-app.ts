import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Environment } from '../config.ts';
import type { ServiceConnections } from '../service-connections.ts';
import type { Action, Role } from './policy.ts';
import type { PresentedSignature } from './signature/signature-facts.ts';

/** The server as routes see it: schemas are zod's. */
export type GatewayApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What routes work with. */
export interface GatewayContext {
  readonly env: Environment;
  readonly services: ServiceConnections;
}

/** Who asks, as the key says, or the issuer that vouches for them; nothing else from outside can name a tenant or a role. */
export interface Principal {
  readonly tenant: string;
  readonly role: Role;
  /** Of the key; of whom an issuer vouches for, `identity:{issuer}:{digest of the subject}`. */
  readonly keyId: string;
  /** Of the key, or the person or program that the issuer vouches for. */
  readonly name: string;
  /** Who vouches for them, by its name in `hansard.yaml`; null: they have a key. */
  readonly issuer: string | null;
  /** When the key, the token or the session is over, whichever comes first; null: never. */
  readonly expiresAt: Date | null;
  /** Of a browser that sent a session, not the key or the token itself; else null. */
  readonly sessionId: string | null;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route does, for the policy; `public`: anybody may. */
    readonly action?: Action | 'public';
  }
  interface FastifyRequest {
    /** Set before a handler runs; routes that are `public` must not read it. */
    principal: Principal;
    /** The signature that says who asks; null: a key or a session does. */
    signed: PresentedSignature | null;
  }
}
