import type { Command } from 'commander';
import type { InferenceConfiguration } from '../../../adapters/inference/targets/load-configuration.ts';
import { InvalidOptionError, workingFolder } from '../../config.ts';
import type { WarmChange } from '../../schedules/warm-schedules.ts';
import type { TypedWarmWindow } from '../../schedules/warm-window.ts';
import type { OperatorContext } from '../command-context.ts';

export function addWarm(program: Command, context: OperatorContext): void {
  const warm = program
    .command('warm')
    .description('keep models that start cold warm, with a Temporal schedule per target');
  addApply(warm, context);
  addStatus(warm, context);
  addChange(warm, context, 'pause', 'pause the schedules; resume and apply resume them');
  addChange(warm, context, 'resume', 'resume paused schedules');
  addChange(warm, context, 'trigger', 'run the schedules once, now');
  addChange(warm, context, 'delete', 'delete the schedules');
}

function addApply(warm: Command, { env, services, output }: OperatorContext): void {
  warm
    .command('apply')
    .description('write, or resume, the schedules of targets with coldStart: true')
    .argument('[target]', 'only this one')
    .option('--every <minutes>', 'how often', '4m')
    .option('--hours <from-to>', 'hours of the day', '7-20')
    .option('--days <days>', 'days of the week', 'MON-FRI')
    .option('--time-zone <name>', "time zone of the hours (default: this machine's)")
    .option('--json', 'print { target, outcome, calls } of each')
    .action(async (only: string | undefined, options: TypedWarmWindow & { json?: true }) => {
      const { parseWarmWindow, warmCalls } = await import('../../schedules/warm-window.ts');
      const window = parseWarmWindow(options);
      const { readInferenceConfiguration } =
        await import('../../../adapters/inference/targets/read-configuration.ts');
      const configuration = await readInferenceConfiguration(env, workingFolder(env));
      const targets = coldTargets(configuration, only);
      const { applyWarmSchedule } = await schedules();
      const calls = warmCalls(window);
      const client = await services.temporal();
      const applied = [];
      for (const target of targets) {
        applied.push({ target, outcome: await applyWarmSchedule(client, target, window), calls });
      }
      const { fromHour, toHour, days, timeZone } = window;
      output.result(options, applied, [
        ...applied.map(({ target, outcome }) => `${target}: schedule ${outcome}`),
        `each makes at most ${calls.anHour} calls an hour, ${calls.aDay} a day, ${calls.aWeek} a week ` +
          `(${fromHour}:00 to ${toHour}:00 ${timeZone}, ${days.length} days a week); ` +
          'a call is skipped when a job has just used the model',
      ]);
    });
}

/** Loaded by the commands that need it: it loads Temporal's client. */
const schedules = () => import('../../schedules/warm-schedules.ts');

function coldTargets({ roles }: InferenceConfiguration, only: string | undefined): string[] {
  const names = Object.values(roles)
    .flat()
    .filter(({ coldStart }) => coldStart)
    .map(({ name }) => name);
  if (names.length === 0) {
    throw new InvalidOptionError(
      'no target has coldStart: true: nothing can be kept warm. Set it in the file that HANSARD_CONFIG names',
    );
  }
  if (only === undefined) return names;
  if (names.includes(only)) return [only];
  throw new InvalidOptionError(
    `${JSON.stringify(only)} is not a target with coldStart: true; those are ${names.join(', ')}`,
  );
}

function addStatus(warm: Command, { services, output }: OperatorContext): void {
  warm
    .command('status')
    .description('show the next runs and the last outcomes')
    .option('--json', 'print { target, paused, everyMinutes, timeZone, next, last } of each')
    .action(async (options: { json?: true }) => {
      const { warmStatuses } = await schedules();
      const known = await warmStatuses(await services.temporal());
      const { warmLines } = await import('../render-warm.ts');
      output.result(options, known, warmLines(known));
    });
}

function addChange(
  warm: Command,
  context: OperatorContext,
  action: WarmChange,
  about: string,
): void {
  warm
    .command(action)
    .description(about)
    .argument('[target]', 'only this one')
    .option('--json', `print the names of the ${DONE[action]} targets`)
    .action((only: string | undefined, options: { json?: true }) =>
      changeSchedules(only, options, context, action),
    );
}

const DONE: Readonly<Record<WarmChange, string>> = {
  pause: 'paused',
  resume: 'resumed',
  trigger: 'triggered',
  delete: 'deleted',
};

async function changeSchedules(
  only: string | undefined,
  options: { readonly json?: true },
  { services, output }: OperatorContext,
  action: WarmChange,
): Promise<void> {
  const { changeWarmSchedule, warmTargets } = await schedules();
  const client = await services.temporal();
  const changed: string[] = [];
  for (const target of only === undefined ? await warmTargets(client) : [only]) {
    if (await changeWarmSchedule(client, target, action)) changed.push(target);
    else if (only !== undefined) {
      throw new InvalidOptionError(`target ${JSON.stringify(only)} has no warm-up schedule`);
    }
  }
  const lines = changed.map((target) => `${target}: schedule ${DONE[action]}`);
  output.result(options, changed, lines.length > 0 ? lines : 'there are no warm-up schedules');
}
