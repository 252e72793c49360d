import type { Command } from 'commander';
import { InvalidSettingError } from '../../config.ts';
import { loadTargets } from '../../models/load-targets.ts';
import {
  applyWarmSchedule,
  deleteWarmSchedule,
  pauseWarmSchedule,
  warmStatus,
  warmTargets,
  type WarmStatus,
} from '../../schedules/warm-schedules.ts';
import { parseWarmWindow, warmCalls } from '../../schedules/warm-window.ts';
import type { CommandContext } from '../command-context.ts';
import { aligned } from '../render-list.ts';

export function addWarm(program: Command, context: CommandContext): void {
  const warm = program
    .command('warm')
    .description('keep models that start cold warm, by a schedule a target in Temporal');
  addApply(warm, context);
  addStatus(warm, context);
  addPause(warm, context);
  addDelete(warm, context);
}

function addApply(warm: Command, context: CommandContext): void {
  warm
    .command('apply')
    .description('write, or resume, the schedules of the targets with coldStart: true')
    .argument('[target]', 'only this one')
    .option('--every <minutes>', 'how often', '4m')
    .option('--hours <from-to>', 'hours of the day', '7-20')
    .option('--days <days>', 'days of the week', 'MON-FRI')
    .option(
      '--time-zone <name>',
      'of those hours',
      Intl.DateTimeFormat().resolvedOptions().timeZone,
    )
    .option('--json', 'print { target, outcome, calls } of each')
    .action(async (only: string | undefined, options: ApplyOptions) => {
      const { env, services, output } = context;
      const window = parseWarmWindow(options);
      const targets = coldTargets(await loadTargets(env), only);
      const calls = warmCalls(window);
      const client = await services.temporal();
      const applied = [];
      for (const target of targets) {
        applied.push({ target, outcome: await applyWarmSchedule(client, target, window), calls });
      }
      if (options.json) return output.json(applied);
      for (const { target, outcome } of applied) output.line(`${target}: schedule ${outcome}`);
      const { fromHour, toHour, days, timeZone } = window;
      output.line(
        `each makes at most ${calls.anHour} calls an hour, ${calls.aDay} a day, ${calls.aWeek} a week ` +
          `(${fromHour}:00 to ${toHour}:00 ${timeZone}, ${days.length} days a week); ` +
          'a call is left out where a job has just used the model',
      );
    });
}

interface ApplyOptions {
  readonly every: string;
  readonly hours: string;
  readonly days: string;
  readonly timeZone: string;
  readonly json?: true;
}

type Targets = Awaited<ReturnType<typeof loadTargets>>;

function coldTargets({ roles }: Targets, only: string | undefined): string[] {
  const names = Object.values(roles)
    .flat()
    .filter(({ coldStart }) => coldStart)
    .map(({ name }) => name);
  if (names.length === 0) {
    throw new InvalidSettingError(
      'no target has coldStart: true: there is nothing to keep warm; set it in the file of HANSARD_CONFIG',
    );
  }
  if (only === undefined) return names;
  if (names.includes(only)) return [only];
  throw new InvalidSettingError(
    `${JSON.stringify(only)} is not a target with coldStart: true; those are ${names.join(', ')}`,
  );
}

function addStatus(warm: Command, context: CommandContext): void {
  warm
    .command('status')
    .description('show the next runs and the last outcomes')
    .option('--json', 'print { target, paused, next, last } of each')
    .action(async (options: { json?: true }) => {
      const { services, output } = context;
      const client = await services.temporal();
      const targets = await warmTargets(client);
      const statuses = await Promise.all(targets.map((target) => warmStatus(client, target)));
      const known = statuses.filter((status) => status !== null);
      if (options.json) return output.json(known);
      for (const line of warmLines(known)) output.line(line);
    });
}

export function warmLines(statuses: readonly WarmStatus[]): string[] {
  if (statuses.length === 0) {
    return ['nothing is kept warm: npm run -s hansard -- warm apply writes the schedules'];
  }
  return aligned([
    ['TARGET', 'STATE', 'NEXT RUN', 'LAST OUTCOMES'],
    ...statuses.map(({ target, paused, next, last }) => [
      target,
      paused ? 'paused' : 'active',
      paused ? '-' : (next[0]?.toISOString() ?? '-'),
      last.map(({ at, outcome }) => `${outcome} ${at.toISOString()}`).join(', ') || '-',
    ]),
  ]);
}

function addPause(warm: Command, context: CommandContext): void {
  warm
    .command('pause')
    .description('pause the schedules; apply resumes them')
    .argument('[target]', 'only this one')
    .option('--json', 'print the names of the paused targets')
    .action((only: string | undefined, options: { json?: true }) =>
      forEachSchedule(only, options, context, 'paused', pauseWarmSchedule),
    );
}

function addDelete(warm: Command, context: CommandContext): void {
  warm
    .command('delete')
    .description('delete the schedules')
    .argument('[target]', 'only this one')
    .option('--json', 'print the names of the deleted targets')
    .action((only: string | undefined, options: { json?: true }) =>
      forEachSchedule(only, options, context, 'deleted', deleteWarmSchedule),
    );
}

async function forEachSchedule(
  only: string | undefined,
  options: { readonly json?: true },
  { services, output }: CommandContext,
  done: string,
  change: (
    client: Awaited<ReturnType<typeof services.temporal>>,
    target: string,
  ) => Promise<boolean>,
): Promise<void> {
  const client = await services.temporal();
  const changed: string[] = [];
  for (const target of only === undefined ? await warmTargets(client) : [only]) {
    if (await change(client, target)) changed.push(target);
    else if (only !== undefined) {
      throw new InvalidSettingError(`target ${JSON.stringify(only)} has no warm-up schedule`);
    }
  }
  if (options.json) return output.json(changed);
  for (const target of changed) output.line(`${target}: schedule ${done}`);
  if (changed.length === 0) output.line('there are no warm-up schedules');
}
