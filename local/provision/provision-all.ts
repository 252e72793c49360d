import type { LocalConfig } from '../config.ts';
import type { StackPart } from '../stack-facts.ts';
import { provideFfmpeg, type MediaPrograms } from './ffmpeg.ts';
import { ProvisioningError, type Provisioning } from './provisioning.ts';
import { providePythonVenv } from './python-venv.ts';
import { provideRedisServer, REDIS_REMEDY } from './redis-server.ts';
import { provideTemporalCli } from './temporal-cli.ts';
import { provideVersitygw } from './versitygw.ts';
import { provideWhisperWeights } from './whisper-weights.ts';

/** Paths of the programs that the parts need. Null: no part needs it, or (Redis only) it is not installed. */
export interface Tools {
  readonly temporalCli: string | null;
  readonly versitygw: string | null;
  readonly media: MediaPrograms;
  readonly redisServer: string | null;
  readonly speech: { readonly python: string; readonly whisperModel: string } | null;
}

/**
 * Finds or installs everything that the parts need. Throws one error that names all that is missing, except Redis: see
 * `partsToStart`.
 */
export async function provisionAll(
  config: LocalConfig,
  parts: readonly StackPart[],
  log: (line: string) => void,
): Promise<Tools> {
  const { home, overrides } = config;
  const provisioning: Provisioning = { home, overrides, environment: process.env, log };
  const ifNeeded = async <T>(part: StackPart, provide: () => Promise<T>) =>
    parts.includes(part) ? provide() : null;

  // Go builds use every core, so they run one after the other; downloads run in parallel to them.
  const builds = async () => ({
    versitygw: await ifNeeded('s3', () => provideVersitygw(provisioning)),
    temporalCli: await ifNeeded('temporal', () => provideTemporalCli(provisioning)),
  });
  const downloads = async () => ({
    media: await provideFfmpeg(provisioning),
    redisServer: await ifNeeded('redis', () => provideRedisServer(provisioning)),
    speech: await ifNeeded('inference', async () => {
      const python = await providePythonVenv(provisioning);
      return { python, whisperModel: await provideWhisperWeights(provisioning, python) };
    }),
  });
  const providing = [builds(), downloads()] as const;
  const failures = (await Promise.allSettled(providing)).filter(
    (result) => result.status === 'rejected',
  );
  if (failures.length > 0) {
    const messages = failures.map(({ reason }) =>
      reason instanceof Error ? reason.message : String(reason),
    );
    throw new ProvisioningError(messages.join('\n\n'), { cause: failures[0]?.reason });
  }
  const [built, downloaded] = await Promise.all(providing);
  return { ...built, ...downloaded };
}

/** The wanted parts without Redis when there is no redis-server; one log line explains the consequence. */
export function partsToStart(
  wanted: readonly StackPart[],
  tools: Pick<Tools, 'redisServer'>,
  log: (line: string) => void,
): readonly StackPart[] {
  if (tools.redisServer !== null || !wanted.includes('redis')) return wanted;
  log(
    `redis-server is missing: processes do not share gates of targets and caches. ${REDIS_REMEDY}`,
  );
  return wanted.filter((part) => part !== 'redis');
}
