import { EventEmitter, once } from 'node:events';

export const ENDPOINT_STATES = [
  'pending',
  'initializing',
  'updating',
  'updateFailed',
  'running',
  'paused',
  'failed',
  'scaledToZero',
] as const;
export type EndpointState = (typeof ENDPOINT_STATES)[number];

/** An Inference Endpoint as its management API and its proxy know it. */
export interface ManagedEndpoint {
  readonly name: string;
  readonly model: string;
  readonly state: () => EndpointState;
  /** An endpoint that never ran has no address yet. */
  readonly hasRun: () => boolean;
  /** Milliseconds since 1970. */
  readonly updatedMs: () => number;
  /** Out of whatever state: what is on its way becomes `running` by itself. */
  readonly set: (state: EndpointState) => void;
  /** A request came: what was scaled to zero starts. */
  readonly wake: () => void;
  /** False: it does not run within that time. */
  readonly runs: (withinMs: number) => Promise<boolean>;
}

export interface ManagedEndpoints {
  readonly find: (name: string) => ManagedEndpoint | null;
  readonly list: () => readonly ManagedEndpoint[];
  readonly create: (name: string, model: string, state: EndpointState) => ManagedEndpoint;
}

/** `startMs`: until what is on its way is `running`. */
export function createManagedEndpoints({
  startMs,
}: {
  readonly startMs: number;
}): ManagedEndpoints {
  const endpoints = new Map<string, ManagedEndpoint>();
  return {
    find: (name) => endpoints.get(name) ?? null,
    list: () => [...endpoints.values()],
    create: (name, model, state) => {
      const endpoint = createEndpoint(name, model, state, startMs);
      endpoints.set(name, endpoint);
      return endpoint;
    },
  };
}

function createEndpoint(
  name: string,
  model: string,
  first: EndpointState,
  startMs: number,
): ManagedEndpoint {
  const changes = new EventEmitter().setMaxListeners(0);
  let current: EndpointState = 'pending';
  const state = () => current;
  let hasRun = false;
  let updatedMs = 0;
  let start: NodeJS.Timeout | undefined;
  const set = (next: EndpointState) => {
    clearTimeout(start);
    current = next;
    updatedMs = Date.now();
    // What sleeps, or was replaced, has run before.
    hasRun ||= next === 'running' || next === 'scaledToZero' || next === 'paused';
    if (COMES_UP.includes(next)) start = setTimeout(() => set('running'), startMs);
    changes.emit('change');
  };
  set(first);
  return {
    name,
    model,
    state,
    hasRun: () => hasRun,
    updatedMs: () => updatedMs,
    set,
    wake: () => {
      if (current === 'scaledToZero') set('initializing');
    },
    runs: async (withinMs) => {
      const signal = AbortSignal.timeout(withinMs);
      while (state() !== 'running') {
        if (!COMES_UP.includes(state())) return false;
        try {
          await once(changes, 'change', { signal });
        } catch {
          return false;
        }
      }
      return true;
    },
  };
}

/** States out of which an endpoint gets to `running` without anybody's help. */
const COMES_UP: readonly EndpointState[] = ['pending', 'initializing', 'updating'];
