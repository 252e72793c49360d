import type { Command } from 'commander';
import { parseRedisUrl } from '../../../adapters/cache/parse-redis-url.ts';
import type { Role } from '../../../workflows/contracts/targets.ts';
import { InvalidOptionError, workingFolder } from '../../config.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';

interface CheckOptions {
  readonly role?: string;
  readonly json?: true;
}

export function addModels(program: Command, context: CommandContext): void {
  const models = program.command('models').description('look at the models that jobs call');
  models
    .command('check')
    .description('ask every target a question that costs nothing and wakes no model')
    .option('--role <role>', 'only the targets of this role')
    .option('--json', 'print { schemaVersion, usable, roles }: see client/models/models-report.ts')
    .action((options: CheckOptions) => check(options, context));
}

async function check(options: CheckOptions, context: CommandContext): Promise<void> {
  const { env, output, signal, endWith } = context;
  const role = options.role === undefined ? null : await parseRole(options.role);
  const [
    { readInferenceConfiguration },
    { createTransport },
    { createGateReports },
    { checkModels },
    { modelsReportSchema },
    { modelsLines },
  ] = await Promise.all([
    import('../../../adapters/inference/targets/read-configuration.ts'),
    import('../../../adapters/inference/wire/send.ts'),
    import('../../models/gate-reports.ts'),
    import('../../models/models-check.ts'),
    import('../../models/models-report.ts'),
    import('../render-models.ts'),
  ]);
  const configuration = await readInferenceConfiguration(env, workingFolder(env));
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
}

async function connectRedis(url: string) {
  const { connectRedis } = await import('../../../adapters/cache/connect-redis.ts');
  return connectRedis(url);
}

async function parseRole(text: string): Promise<Role> {
  const { ROLES } = await import('../../../workflows/contracts/targets.ts');
  const role = ROLES.find((known) => known === text);
  if (role !== undefined) return role;
  throw new InvalidOptionError(
    `--role ${JSON.stringify(text)} is unknown: it takes ${ROLES.join(', ')}`,
  );
}
