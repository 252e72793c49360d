import { z } from 'zod';
import { hansardHome } from '../adapters/settings/hansard-home.ts';

/** Ports of the parts; 0 is any free port. */
export interface StackPorts {
  readonly temporal: number;
  readonly temporalUi: number;
  readonly s3: number;
  readonly postgres: number;
  readonly inference: number;
  readonly health: number;
}

/** Paths that the user names instead of what provisioning would find or build. */
export interface ToolOverrides {
  readonly temporalCli?: string | undefined;
  readonly versitygw?: string | undefined;
  readonly ffmpeg?: string | undefined;
  readonly ffprobe?: string | undefined;
  readonly python?: string | undefined;
  readonly redisServer?: string | undefined;
}

export interface LocalConfig {
  /** Binaries, model weights, the Python environment and the stacks of all clones. */
  readonly home: string;
  readonly ports: StackPorts;
  readonly overrides: ToolOverrides;
}

export const ANY_FREE_PORTS: StackPorts = {
  temporal: 0,
  temporalUi: 0,
  s3: 0,
  postgres: 0,
  inference: 0,
  health: 0,
};

/** The environment variable that sets each port, for messages about taken ones. */
export const PORT_VARIABLES: Readonly<Record<keyof StackPorts, string>> = {
  temporal: 'HANSARD_PORT_TEMPORAL',
  temporalUi: 'HANSARD_PORT_TEMPORAL_UI',
  s3: 'HANSARD_PORT_S3',
  postgres: 'HANSARD_PORT_POSTGRES',
  inference: 'HANSARD_PORT_INFERENCE',
  health: 'HANSARD_PORT_HEALTH',
};

/** Throws an error that names every wrong variable. */
export function parseLocalConfig(environment: NodeJS.ProcessEnv): LocalConfig {
  // An empty variable, as a line `NAME=` of .env leaves it, means unset.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    throw new Error(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'),
    );
  }
  const values = parsed.data;
  return {
    home: hansardHome(environment),
    ports: {
      temporal: values.HANSARD_PORT_TEMPORAL,
      temporalUi: values.HANSARD_PORT_TEMPORAL_UI,
      s3: values.HANSARD_PORT_S3,
      postgres: values.HANSARD_PORT_POSTGRES,
      inference: values.HANSARD_PORT_INFERENCE,
      health: values.HANSARD_PORT_HEALTH,
    },
    overrides: {
      temporalCli: values.HANSARD_TEMPORAL_CLI,
      versitygw: values.HANSARD_VERSITYGW,
      ffmpeg: values.HANSARD_FFMPEG,
      ffprobe: values.HANSARD_FFPROBE,
      python: values.HANSARD_PYTHON,
      redisServer: values.HANSARD_REDIS_SERVER,
    },
  };
}

const port = (fallback: number) =>
  z.coerce
    .number({ error: 'a port is a number from 0 (any free port) to 65535' })
    .int()
    .min(0)
    .max(65_535)
    .default(fallback);

const environmentSchema = z.object({
  HANSARD_HOME: z.string().startsWith('/', 'an absolute path is wanted').optional(),
  HANSARD_PORT_TEMPORAL: port(7233),
  HANSARD_PORT_TEMPORAL_UI: port(8233),
  HANSARD_PORT_S3: port(7070),
  // Not 5432: a PostgreSQL of the machine's own often listens there.
  HANSARD_PORT_POSTGRES: port(5433),
  HANSARD_PORT_INFERENCE: port(8484),
  HANSARD_PORT_HEALTH: port(9464),
  HANSARD_TEMPORAL_CLI: z.string().optional(),
  HANSARD_VERSITYGW: z.string().optional(),
  HANSARD_FFMPEG: z.string().optional(),
  HANSARD_FFPROBE: z.string().optional(),
  HANSARD_PYTHON: z.string().optional(),
  HANSARD_REDIS_SERVER: z.string().optional(),
});
