import type { Command } from 'commander';
import { connectRedis } from '../../../adapters/cache/connect-redis.ts';
import { createTransport } from '../../../adapters/inference/wire/send.ts';
import { ROLES, type Role } from '../../../workflows/contracts/targets.ts';
import { InvalidSettingError, parseRedisUrl } from '../../config.ts';
import { createGateReports } from '../../models/gate-reports.ts';
import { loadTargets } from '../../models/load-targets.ts';
import { checkModels } from '../../models/models-check.ts';
import { modelsReportSchema } from '../../models/models-report.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { modelsLines } from '../render-models.ts';

export function addModels(program: Command, context: CommandContext): void {
  const models = program.command('models').description('look at the models that jobs call');
  models
    .command('check')
    .description('ask every target a question that costs nothing and wakes nothing')
    .option('--role <role>', 'only the targets of this role')
    .option(
      '--json',
      'print { schemaVersion, usable, roles }, as client/models/models-report.ts says',
    )
    .action(async (options: { role?: string; json?: true }) => {
      const { env, output, signal, endWith } = context;
      const role = options.role === undefined ? null : parseRole(options.role);
      const configuration = await loadTargets(env);
      await using closing = new AsyncDisposableStack();
      const transport = createTransport({ userAgent: 'hansard/0.1' });
      closing.defer(() => transport.close());
      const url = parseRedisUrl(env);
      const redis = url === null ? null : await connectRedis(url);
      closing.defer(() => redis?.close());
      const gates = createGateReports(redis);
      const { exchange } = transport;
      const report = await checkModels({ configuration, exchange, gates, role, signal });
      if (options.json) output.json(modelsReportSchema.parse(report));
      else for (const line of modelsLines(report)) output.line(line);
      if (!report.usable) endWith(EXIT.failed);
    });
}

function parseRole(text: string): Role {
  const role = ROLES.find((known) => known === text);
  if (role !== undefined) return role;
  throw new InvalidSettingError(
    `--role ${JSON.stringify(text)} is not known: it takes ${ROLES.join(', ')}`,
  );
}
