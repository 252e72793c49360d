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

/** States that become `running` by themselves. */
const STARTING: readonly EndpointState[] = ['pending', 'initializing', 'updating'];

/** An Inference Endpoint, as its management API and its proxy see it. */
export type ManagedEndpoint = ReturnType<typeof createEndpoint>;
export type ManagedEndpoints = ReturnType<typeof createManagedEndpoints>;

/** `startMs`: the time from a starting state to `running`. */
export function createManagedEndpoints({ startMs }: { readonly startMs: number }) {
  const endpoints = new Map<string, ManagedEndpoint>();
  return {
    find: (name: string): ManagedEndpoint | null => endpoints.get(name) ?? null,
    list: (): readonly ManagedEndpoint[] => [...endpoints.values()],
    create: (name: string, model: string, state: EndpointState): ManagedEndpoint => {
      const endpoint = createEndpoint(name, model, state, startMs);
      endpoints.set(name, endpoint);
      return endpoint;
    },
  };
}

function createEndpoint(name: string, model: string, first: EndpointState, startMs: number) {
  const changes = new EventEmitter().setMaxListeners(0);
  let current = first;
  const state = (): EndpointState => current;
  let hasRun = false;
  let updatedMs = 0;
  let start: NodeJS.Timeout | undefined;
  const set = (next: EndpointState): void => {
    clearTimeout(start);
    current = next;
    updatedMs = Date.now();
    // A sleeping or paused endpoint has run before.
    hasRun ||= next === 'running' || next === 'scaledToZero' || next === 'paused';
    if (STARTING.includes(next)) start = setTimeout(() => set('running'), startMs);
    changes.emit('change');
  };
  set(first);
  return {
    name,
    model,
    state,
    set,
    /** An endpoint that never ran has no address yet. */
    hasRun: () => hasRun,
    /** Milliseconds since 1970. */
    updatedMs: () => updatedMs,
    /** A request came: an endpoint that was scaled to zero starts. */
    wake: () => {
      if (current === 'scaledToZero') set('initializing');
    },
    /** False: it does not run within that time. */
    runs: async (withinMs: number): Promise<boolean> => {
      const signal = AbortSignal.timeout(withinMs);
      while (STARTING.includes(state()) && !signal.aborted) {
        await once(changes, 'change', { signal }).catch(() => undefined);
      }
      return state() === 'running';
    },
  };
}
