import { z } from 'zod';
import { optional } from '../adapters/settings/environment.ts';
import { hansardHome } from '../adapters/settings/hansard-home.ts';

/** The environment variable that sets each port, for messages about taken ports. */
export const PORT_VARIABLES = {
  temporal: 'HANSARD_PORT_TEMPORAL',
  temporalUi: 'HANSARD_PORT_TEMPORAL_UI',
  s3: 'HANSARD_PORT_S3',
  postgres: 'HANSARD_PORT_POSTGRES',
  inference: 'HANSARD_PORT_INFERENCE',
  health: 'HANSARD_PORT_HEALTH',
  gateway: 'HANSARD_PORT_GATEWAY',
} as const;

/** The environment variable that names each program, for messages about unusable ones. */
export const TOOL_VARIABLES = {
  temporalCli: 'HANSARD_TEMPORAL_CLI',
  versitygw: 'HANSARD_VERSITYGW',
  ffmpeg: 'HANSARD_FFMPEG',
  ffprobe: 'HANSARD_FFPROBE',
  python: 'HANSARD_PYTHON',
  redisServer: 'HANSARD_REDIS_SERVER',
} as const;

/** The ports of the parts; 0 is any free port. */
export type StackPorts = Readonly<Record<keyof typeof PORT_VARIABLES, number>>;

/** Paths of the user's own programs, used instead of what provisioning would find or build. */
export type ToolOverrides = Readonly<
  Partial<Record<keyof typeof TOOL_VARIABLES, string | undefined>>
>;

/** The environment variable with the path of a language model. */
export const GGUF_VARIABLE = 'HANSARD_GGUF';

/** `home` holds binaries, model weights, the Python environment and the stacks of all clones. */
export type LocalConfig = Readonly<z.infer<typeof configSchema>> & {
  readonly overrides: ToolOverrides;
};

/** Throws an error that names every wrong variable. */
export function parseLocalConfig(environment: NodeJS.ProcessEnv): LocalConfig {
  const read = (variables: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(variables).map(([name, variable]) => [name, optional(environment, variable)]),
    );
  const home = hansardHome(environment);
  const gguf = optional(environment, GGUF_VARIABLE);
  const parsed = configSchema.safeParse({ home, gguf, ports: read(PORT_VARIABLES) });
  if (parsed.success) return { ...parsed.data, overrides: read(TOOL_VARIABLES) };
  throw new Error(parsed.error.issues.map(({ message }) => message).join('\n'));
}

const port = (name: keyof StackPorts, fallback: number) => {
  const error = `${PORT_VARIABLES[name]}: a port is a number from 0 (any free port) to 65535`;
  return z.coerce.number(error).int(error).min(0, error).max(65_535, error).default(fallback);
};

const configSchema = z.object({
  home: z.string().startsWith('/', 'HANSARD_HOME must be an absolute path'),
  /** Of a language model that summarises in the local stack. */
  gguf: z.string().startsWith('/', `${GGUF_VARIABLE} must be an absolute path`).optional(),
  ports: z.object({
    temporal: port('temporal', 7233),
    temporalUi: port('temporalUi', 8233),
    s3: port('s3', 7070),
    // Not 5432: another PostgreSQL on the machine often uses it.
    postgres: port('postgres', 5433),
    inference: port('inference', 8484),
    health: port('health', 9464),
    gateway: port('gateway', 8080),
  }),
});
