import type { Command } from 'commander';
import { parseRedisUrl } from '../../../adapters/cache/parse-redis-url.ts';
import type { Role } from '../../../workflows/contracts/targets.ts';
import { InvalidOptionError, workingFolder } from '../../config.ts';
import type { OperatorContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';

export function addModels(program: Command, context: OperatorContext): void {
  const models = program.command('models').description('look at the models that jobs call');
  models
    .command('check')
    .description('ask every target a question that costs nothing and wakes no model')
    .option('--role <role>', 'only the targets of this role')
    .option('--json', 'print { schemaVersion, usable, roles }: see client/models/models-report.ts')
    .action((options: { role?: string; json?: true }) => check(options, context));
}

async function check(
  options: { readonly role?: string; readonly json?: true },
  context: OperatorContext,
): Promise<void> {
  const { env, output, signal, endWith } = context;
  const role = options.role === undefined ? null : await parseRole(options.role);
  const { readInferenceConfiguration } =
    await import('../../../adapters/inference/targets/read-configuration.ts');
  const { createTransport } = await import('../../../adapters/inference/wire/send.ts');
  const { createGateReports } = await import('../../models/gate-reports.ts');
  const { checkModels } = await import('../../models/models-check.ts');
  const { modelsReportSchema } = await import('../../models/models-report.ts');
  const { modelsLines } = await import('../render-models.ts');
  const configuration = await readInferenceConfiguration(env, workingFolder(env));
  await using closing = new AsyncDisposableStack();
  const transport = createTransport({ userAgent: 'hansard/0.1' });
  closing.defer(() => transport.close());
  const redis = await openRedis(parseRedisUrl(env));
  closing.defer(() => redis?.close());
  const gates = createGateReports(redis);
  const { exchange } = transport;
  const report = await checkModels({ configuration, exchange, gates, role, signal });
  output.result(options, modelsReportSchema.parse(report), modelsLines(report));
  if (!report.usable) endWith(EXIT.failed);
}

async function openRedis(url: string | null) {
  if (url === null) return null;
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
