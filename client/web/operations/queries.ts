import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { request } from '../api/request.ts';
import type {
  Delivery,
  DeliveryPage,
  Queues,
  RefusalPage,
  Schedule,
  Targets,
  Traffic,
  Webhook,
  Workers,
} from './answers.ts';

/** What is looked at while it changes is asked again, as long as the window is seen. */
const REFRESH_MS = 5_000;

export const queuesQuery = queryOptions({
  queryKey: ['operations', 'queues'],
  queryFn: ({ signal }) => request<Queues>('GET', '/queues', { signal }),
  refetchInterval: REFRESH_MS,
});

export const workersQuery = queryOptions({
  queryKey: ['operations', 'workers'],
  queryFn: ({ signal }) => request<Workers>('GET', '/workers', { signal }),
  refetchInterval: REFRESH_MS,
});

export const targetsQuery = queryOptions({
  queryKey: ['operations', 'targets'],
  queryFn: ({ signal }) => request<Targets>('GET', '/targets', { signal }),
  refetchInterval: REFRESH_MS,
});

export const trafficQuery = queryOptions({
  queryKey: ['operations', 'traffic'],
  queryFn: async ({ signal }) =>
    (await request<{ traffic: Traffic[] }>('GET', '/targets/traffic', { signal })).traffic,
  refetchInterval: REFRESH_MS,
});

export const schedulesQuery = queryOptions({
  queryKey: ['operations', 'schedules'],
  queryFn: async ({ signal }) =>
    (await request<{ schedules: Schedule[] }>('GET', '/schedules', { signal })).schedules,
  refetchInterval: REFRESH_MS,
});

export const webhooksQuery = queryOptions({
  queryKey: ['operations', 'webhooks'],
  queryFn: async ({ signal }) =>
    (await request<{ webhooks: Webhook[] }>('GET', '/webhooks', { signal })).webhooks,
  refetchInterval: 30_000,
});

export const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: ['operations', 'webhook', id],
    queryFn: ({ signal }) => request<Webhook>('GET', `/webhooks/${id}`, { signal }),
    refetchInterval: 30_000,
  });

export const deliveriesQuery = (id: string, state: Delivery['state'] | undefined) =>
  infiniteQueryOptions({
    queryKey: ['operations', 'webhook', id, 'deliveries', { state }],
    queryFn: ({ pageParam, signal }) =>
      request<DeliveryPage>('GET', `/webhooks/${id}/deliveries`, {
        parameters: { state, cursor: pageParam, limit: 50 },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: REFRESH_MS,
  });

export const refusalsQuery = infiniteQueryOptions({
  queryKey: ['operations', 'refusals'],
  queryFn: ({ pageParam, signal }) =>
    request<RefusalPage>('GET', '/refusals', {
      parameters: { cursor: pageParam, limit: 50 },
      signal,
    }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ next }) => next ?? undefined,
  refetchInterval: 30_000,
});
