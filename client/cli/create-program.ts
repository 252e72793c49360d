import { Command } from 'commander';
import type { OperatorContext } from './command-context.ts';
import { addApprove, addDelegate, addReturn } from './commands/approve.ts';
import { addCancel } from './commands/cancel.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEdit } from './commands/edit.ts';
import { addExplain } from './commands/explain.ts';
import { addKeys } from './commands/keys.ts';
import { addList } from './commands/list.ts';
import { addMigrate } from './commands/migrate.ts';
import { addModels } from './commands/models.ts';
import { addJoinSpeakers, addRenameSpeaker } from './commands/rename-speaker.ts';
import { addResult } from './commands/result.ts';
import { addResummarize } from './commands/resummarize.ts';
import { addRetry } from './commands/retry.ts';
import { addStatus } from './commands/status.ts';
import { addSubmit } from './commands/submit.ts';
import { addSweep } from './commands/sweep.ts';
import { addVersions } from './commands/versions.ts';
import { addWarm } from './commands/warm.ts';
import { addWatch } from './commands/watch.ts';
import { requireRoute } from './require-route.ts';

/** The whole command line. Its errors are thrown, not printed: `main` prints them in one line. */
export function createProgram(context: OperatorContext): Command {
  const program = new Command('hansard')
    .description('Minutes of meetings that people can check.')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText(
      'after',
      '\nThe environment tells where the services are, or the gateway: see .env.example.',
    );
  addSubmit(program, context);
  addWatch(program, context);
  addStatus(program, context);
  addList(program, context);
  addResult(program, context);
  addExplain(program, context);
  addVersions(program, context);
  addRenameSpeaker(program, context);
  addJoinSpeakers(program, context);
  addEdit(program, context);
  addResummarize(program, context);
  addApprove(program, context);
  addReturn(program, context);
  addDelegate(program, context);
  addCancel(program, context);
  addRetry(program, context);
  addModels(program, context);
  addWarm(program, context);
  addSweep(program, context);
  addKeys(program, context);
  addMigrate(program, context);
  addDoctor(program, context);
  program.hook('preAction', (_, command) => {
    requireRoute(command, context.env);
  });
  return program;
}
