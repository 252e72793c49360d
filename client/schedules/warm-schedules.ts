import { ScheduleNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { z } from 'zod';
import { applySchedule, deleteSchedule } from '../../adapters/temporal/apply-schedule.ts';
import { TASK_QUEUES, WORKFLOWS } from '../../workflows/contracts/names.ts';
import { warmSpec, type WarmWindow } from './warm-window.ts';

export interface WarmStatus {
  readonly target: string;
  readonly paused: boolean;
  /** Null: it runs by another rule than `warm apply` writes. */
  readonly everyMinutes: number | null;
  /** Of the hours of its window. */
  readonly timeZone: string;
  readonly next: readonly Date[];
  /** Newest first. `warm`, `skipped`, `cold`; or the workflow's status when it has no outcome. */
  readonly last: readonly { readonly at: Date; readonly outcome: string }[];
}

/** One schedule per target. It is resumed when it was paused; a new one runs for the first time at once. */
export const applyWarmSchedule = (
  client: Client,
  target: string,
  window: WarmWindow,
): Promise<'created' | 'replaced'> =>
  applySchedule(
    client,
    {
      scheduleId: scheduleId(target),
      spec: warmSpec(window),
      action: {
        type: 'startWorkflow',
        workflowType: WORKFLOWS.warmModels,
        workflowId: scheduleId(target),
        taskQueue: TASK_QUEUES.pipeline,
        args: [{ targets: [target] }],
        // A run must not wait for a worker: a late warm-up is useless.
        workflowExecutionTimeout: `${window.everyMinutes} minutes`,
        staticSummary: `keep ${target} warm`,
      },
      policies: { overlap: 'SKIP', catchupWindow: '1 minute', pauseOnFailure: false },
    },
    { resume: true, runAtOnce: true },
  );

/** Names of the targets that have a schedule. Temporal's list is some seconds behind. */
export async function warmTargets(client: Client): Promise<readonly string[]> {
  const targets: string[] = [];
  for await (const { scheduleId: id } of client.schedule.list()) {
    if (id.startsWith(PREFIX)) targets.push(id.slice(PREFIX.length));
  }
  return targets.sort();
}

/** Null when the target has no schedule. */
export async function warmStatus(client: Client, target: string): Promise<WarmStatus | null> {
  const description = await found(client.schedule.getHandle(scheduleId(target)).describe());
  if (description === null) return null;
  const { state, info, spec } = description;
  const runs = info.recentActions.slice(-RUNS_SHOWN).toReversed();
  const last = await Promise.all(
    runs.map(async ({ takenAt, action: { workflow } }) => {
      const handle = client.workflow.getHandle(workflow.workflowId, workflow.firstExecutionRunId);
      return { at: takenAt, outcome: await outcomeOf(target, handle) };
    }),
  );
  const everyMs = spec.intervals?.[0]?.every;
  return {
    target,
    paused: state.paused,
    everyMinutes: everyMs === undefined ? null : everyMs / 60_000,
    timeZone: spec.timezone ?? 'UTC',
    next: info.nextActionTimes.slice(0, RUNS_SHOWN),
    last,
  };
}

/** Of every schedule. */
export async function warmStatuses(client: Client): Promise<readonly WarmStatus[]> {
  const targets = await warmTargets(client);
  const statuses = await Promise.all(targets.map((target) => warmStatus(client, target)));
  return statuses.filter((status) => status !== null);
}

export type WarmChange = 'pause' | 'resume' | 'trigger' | 'delete';

/** False when the target has no schedule. */
export async function changeWarmSchedule(
  client: Client,
  target: string,
  change: WarmChange,
): Promise<boolean> {
  // What no target can be called is not asked for.
  if (!/^[\w.-]{1,100}$/.test(target)) return false;
  if (change === 'delete') return await deleteSchedule(client, scheduleId(target));
  const handle = client.schedule.getHandle(scheduleId(target));
  const changed = {
    pause: () => handle.pause('paused by hansard warm pause'),
    resume: () => handle.unpause('resumed by hansard warm resume'),
    // A run that goes on is enough; by default one started by hand would overlap with it.
    trigger: () => handle.trigger('SKIP'),
  }[change]();
  return (await found(changed.then(() => true))) ?? false;
}

const PREFIX = 'warm/';
const scheduleId = (target: string): string => `${PREFIX}${target}`;

const RUNS_SHOWN = 5;

async function found<T>(request: Promise<T>): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

const outcomesSchema = z.record(z.string(), z.object({ outcome: z.string() }));

async function outcomeOf(target: string, handle: WorkflowHandle): Promise<string> {
  try {
    const { status } = await handle.describe();
    if (status.name !== 'COMPLETED') return status.name.toLowerCase().replaceAll('_', ' ');
    return outcomesSchema.parse(await handle.result())[target]?.outcome ?? 'completed';
  } catch {
    return 'forgotten'; // after Temporal's retention
  }
}
