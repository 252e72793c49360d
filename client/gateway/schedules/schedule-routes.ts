import { z } from 'zod';
import { changeWarmSchedule, warmStatuses } from '../../schedules/warm-schedules.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { ProblemError } from '../problem.ts';
import { scheduleSchema } from './schedule-schema.ts';

const CHANGES = [
  {
    change: 'pause',
    operationId: 'pauseSchedule',
    summary: 'Pause a schedule: its target is kept warm no longer',
    description: 'It stays paused until it is resumed here, or applied anew by the command line.',
    outcome: 'paused',
  },
  {
    change: 'resume',
    operationId: 'resumeSchedule',
    summary: 'Resume a schedule that is paused',
    description: 'Its next run is the next one of its window. A schedule that runs stays as it is.',
    outcome: 'resumed',
  },
  {
    change: 'trigger',
    operationId: 'triggerSchedule',
    summary: 'Run a schedule once, now; nothing happens while a run of it goes on',
    description:
      'The run makes the smallest call that the target takes, which is paid for, unless a job has just used it.',
    outcome: 'triggered',
  },
] as const;

/** The schedules that keep models warm: what `hansard warm` does. They belong to no tenant, and only the operator tenant changes them. */
export const scheduleRoutes =
  ({ services }: GatewayContext) =>
  async (app: GatewayApp): Promise<void> => {
    app.get('/schedules', {
      config: { action: 'schedules:read' },
      schema: {
        operationId: 'listSchedules',
        summary: 'The schedules that keep models warm, and their next runs',
        description: 'A new schedule appears after some seconds.',
        tags: ['schedules'],
        response: { 200: z.object({ schedules: z.array(scheduleSchema) }) },
      },
      handler: async () => {
        const statuses = await warmStatuses(await services.temporal());
        return {
          schedules: statuses.map(({ next, last, ...status }) => ({
            ...status,
            next: next.map((at) => at.toISOString()),
            last: last.map(({ at, outcome }) => ({ at: at.toISOString(), outcome })),
          })),
        };
      },
    });

    for (const { change, outcome, ...about } of CHANGES) {
      app.post(`/schedules/:target/${change}`, {
        config: { action: 'schedules:manage' },
        schema: {
          ...about,
          tags: ['schedules'],
          params: z.object({ target: z.string().max(100).describe('Name of the target') }),
          response: { 200: z.object({ target: z.string(), outcome: z.literal(outcome) }) },
        },
        handler: async ({ params: { target } }) => {
          const client = await services.temporal();
          if (await changeWarmSchedule(client, target, change)) {
            return { target, outcome };
          }
          throw new ProblemError({
            code: 'schedule_not_found',
            detail:
              'no schedule keeps a target of this name warm: GET /api/schedules lists those that there are',
          });
        },
      });
    }
  };
