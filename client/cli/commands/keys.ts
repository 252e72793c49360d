import type { Command } from 'commander';
import { ROLES } from '../../gateway/policy.ts';
import { parseTenant } from '../../config.ts';
import type { CommandContext, OperatorContext } from '../command-context.ts';

interface TenantOptions {
  readonly tenant?: string;
  readonly json?: true;
}

export function addKeys(program: Command, context: OperatorContext): void {
  const keys = program.command('keys').description('keys of the HTTP gateway');
  addCreate(keys, context);
  addList(keys, context);
  addLink(keys, context);
  addRevoke(keys, context);
}

function addCreate(keys: Command, { backEnd, output }: CommandContext): void {
  keys
    .command('create')
    .description('make a key and print it; it cannot be shown again')
    .argument(
      '<name>',
      'what it is for; two live keys can have one name, so that a new one can take over',
    )
    .requiredOption('--role <role>', `what it may do: ${ROLES.join(', ')}`)
    .option('--expires <time>', 'when it expires, such as 12h or 90d (default: never)')
    .option('--tenant <id>', 'tenant that it works for')
    .option('--json', 'print { id, name, role, state, createdAt, expiresAt, …, key }')
    .action(async (name: string, options: TenantOptions & { role: string; expires?: string }) => {
      const { role, expires } = options;
      const typed = { tenant: options.tenant, name, role, expires };
      const { tenant, made } = await (await backEnd()).createKey(typed);
      output.result(options, made, made.key);
      output.remark(`key ${made.id} of tenant ${tenant}: keep it now, it cannot be shown again`);
    });
}

function addList(keys: Command, { backEnd, output }: CommandContext): void {
  keys
    .command('list')
    .description('list the keys of a tenant, newest first')
    .option('--tenant <id>', 'tenant that the keys belong to')
    .option('--json', 'print them as a JSON array')
    .action(async (options: TenantOptions) => {
      const views = await (await backEnd()).listKeys(options);
      const { keyLines } = await import('../render-keys.ts');
      output.result(options, views, keyLines(views));
    });
}

function addLink(keys: Command, { env, services, output }: OperatorContext): void {
  keys
    .command('link')
    .description('print a link that signs a browser in once, as the key, within 10 minutes')
    .argument('<id>', 'id of the key, as list shows it')
    .option('--tenant <id>', 'tenant that the key belongs to')
    .option('--json', 'print { url, expiresAt }')
    .action(async (id: string, options: TenantOptions) => {
      const tenant = parseTenant(env, options.tenant);
      const { signInLink } = await import('../../keys/sign-in-link.ts');
      const link = await signInLink(services.sessions, env, { tenant, keyId: id });
      output.result(options, link, link.url);
      output.remark('whoever opens it first is signed in: it works once');
    });
}

function addRevoke(keys: Command, { backEnd, output }: CommandContext): void {
  keys
    .command('revoke')
    .description('end a key at once and for ever')
    .argument('<id>', 'id of the key, as list shows it')
    .option('--tenant <id>', 'tenant that the key belongs to')
    .option('--json', 'print { id, name, role, state, revokedAt, … }')
    .action(async (id: string, options: TenantOptions) => {
      const { tenant } = options;
      const revoked = await (await backEnd()).revokeKey({ tenant, id });
      output.result(options, revoked, `key ${revoked.id} is revoked`);
    });
}
