import { resolve } from 'node:path';
import { Argument, Option, type Command } from 'commander';
import { ROLES } from '../../gateway/policy.ts';
import { InvalidOptionError, parseTenant, workingFolder } from '../../config.ts';
import type { KeyKeeper } from '../../back-end.ts';
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
  addRotateSignature(keys, context);
  addSignature(keys, context);
  addRevoke(keys, context);
}

interface SigningOptions {
  readonly sign?: string;
  readonly signingKeyFile?: string;
}

/** Where the signing key is written. Throws `InvalidOptionError` where it is not said. */
function signingKeyFile(
  { env }: CommandContext,
  { signingKeyFile: typed }: SigningOptions,
): string {
  if (typed !== undefined) return resolve(workingFolder(env), typed);
  throw new InvalidOptionError(
    'name a new file for what signs: --signing-key-file FILE, which nobody but you can read',
  );
}

const signOption = (): Option =>
  new Option('--sign <algorithm>', 'how its requests are signed: ed25519 or hmac-sha256');

const FILE_OPTION = [
  '--signing-key-file <file>',
  'new file for what signs, readable by you only (for HANSARD_SIGNING_KEY_FILE)',
] as const;

function addCreate(keys: Command, context: CommandContext): void {
  const { backEnd, output } = context;
  keys
    .command('create')
    .description('make a key and print it; it cannot be shown again')
    .argument(
      '<name>',
      'what it is for; two live keys can have one name, so that a new one can take over',
    )
    .requiredOption('--role <role>', `what it may do: ${ROLES.join(', ')}`)
    .option('--expires <time>', 'when it expires, such as 12h or 90d (default: never)')
    .addOption(signOption())
    .option(...FILE_OPTION)
    .option('--allow-unsigned', 'take the key without a signature, too')
    .option('--tenant <id>', 'tenant that it works for')
    .option('--json', 'print { id, name, role, state, createdAt, expiresAt, …, key }')
    .action(async (name: string, options: CreateOptions) => {
      const { role, expires } = options;
      const typed = { tenant: options.tenant, name, role, expires };
      const keeper = await backEnd();
      const { tenant, made } =
        options.sign === undefined
          ? await keeper.createKey(typed)
          : await createSigning(keeper, typed, options.sign, context, options);
      output.result(options, made, made.key);
      output.remark(`key ${made.id} of tenant ${tenant}: keep it now, it cannot be shown again`);
    });
}

type CreateOptions = TenantOptions &
  SigningOptions & { role: string; expires?: string; allowUnsigned?: true };

async function createSigning(
  keeper: KeyKeeper,
  typed: Parameters<KeyKeeper['createKey']>[0],
  algorithm: string,
  context: CommandContext,
  options: CreateOptions,
): ReturnType<KeyKeeper['createKey']> {
  const path = signingKeyFile(context, options);
  const { writeSigningKey } = await import('../write-signing-key.ts');
  const required = options.allowUnsigned !== true;
  const { tenant, made } = await writeSigningKey(path, algorithm, async (signing) => {
    const created = await keeper.createKey({ ...typed, signature: { ...signing, required } });
    const { signingSecret: secret = null, ...shown } = created.made;
    return { tenant: created.tenant, made: shown, secret };
  });
  context.output.remark(
    `${path} signs its requests: HANSARD_KEY=${made.id} HANSARD_SIGNING_KEY_FILE=${path}`,
  );
  return { tenant, made };
}

function addRotateSignature(keys: Command, context: CommandContext): void {
  const { backEnd, output } = context;
  keys
    .command('rotate-signature')
    .description('give a key another signing key, or its first one')
    .argument('<id>', 'id of the key, as list shows it')
    .addOption(signOption().makeOptionMandatory())
    .option(...FILE_OPTION)
    .option('--keep <time>', 'how long the one before goes on: 0, 30m, up to 7d', '24h')
    .option('--tenant <id>', 'tenant that the key belongs to')
    .option('--json', 'print { key, previousEndsAt }')
    .action(
      async (
        id: string,
        options: TenantOptions & SigningOptions & { sign: string; keep: string },
      ) => {
        const path = signingKeyFile(context, options);
        const keeper = await backEnd();
        const { tenant, keep } = options;
        const { writeSigningKey } = await import('../write-signing-key.ts');
        const { key, previousEndsAt } = await writeSigningKey(
          path,
          options.sign,
          async (signing) => {
            const { signingSecret: secret, ...rotated } = await keeper.rotateSignature({
              tenant,
              id,
              keep,
              ...signing,
            });
            return { ...rotated, secret };
          },
        );
        const before =
          previousEndsAt === null ? '' : `; the signing key before ends at ${previousEndsAt}`;
        output.result(options, { key, previousEndsAt }, `${path} signs as key ${key.id}${before}`);
      },
    );
}

function addSignature(keys: Command, { backEnd, output }: CommandContext): void {
  keys
    .command('signature')
    .description('have a key refused, or taken, without a signature')
    .argument('<id>', 'id of the key, as list shows it')
    .addArgument(new Argument('<policy>', 'required or optional').choices(POLICIES))
    .option('--tenant <id>', 'tenant that the key belongs to')
    .option('--json', 'print { id, name, role, signature, … }')
    .action(async (id: string, policy: (typeof POLICIES)[number], options: TenantOptions) => {
      const { tenant } = options;
      const changed = await (await backEnd()).setSignature({ tenant, id, policy });
      output.result(options, changed, `signatures of key ${changed.id} are ${changed.signature}`);
    });
}

const POLICIES = ['required', 'optional'] as const;

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
