import type { LocalConfig } from '../config.ts';
import type { StackPart } from '../stack-facts.ts';
import { waitForAll } from '../wait-for-all.ts';
import { provideFfmpeg } from './ffmpeg.ts';
import { provideLlamaRuntime } from './llama-runtime.ts';
import type { Provisioning } from './provisioning.ts';
import { providePythonVenv } from './python-venv.ts';
import { provideRedisServer, REDIS_REMEDY } from './redis-server.ts';
import { provideSpeakerModels } from './speaker-models.ts';
import { provideTemporalCli } from './temporal-cli.ts';
import { provideVersitygw } from './versitygw.ts';
import { provideWhisperWeights } from './whisper-weights.ts';

/** Each tool by itself, so that a part can start as soon as its own tool is there. */
export type PendingTools = Readonly<ReturnType<typeof startProvisioning>>;

/** Paths of the programs that the parts need. Null: no part needs it, or (Redis only) it is not installed. */
export type Tools = { readonly [Name in keyof PendingTools]: Awaited<PendingTools[Name]> };

/**
 * Starts to find or install everything that the parts need, and what runs the language model at `gguf`. The promise of a tool that is missing rejects, except that
 * of Redis: see `partsToStart`.
 */
export function startProvisioning(
  config: LocalConfig,
  parts: readonly StackPart[],
  log: (line: string) => void,
  gguf: string | null = null,
) {
  const { home, overrides } = config;
  const provisioning: Provisioning = { home, overrides, environment: process.env, log };
  const ifNeeded = async <T>(part: StackPart, provide: () => Promise<T>) =>
    parts.includes(part) ? provide() : null;

  // Temporal takes longest to start, so its tool comes first.
  const temporalCli = ifNeeded('temporal', () => provideTemporalCli(provisioning));
  // Go builds use every core, so they run one after the other; downloads run in parallel to them.
  const afterTemporal = temporalCli.catch(() => null);
  const media = provideFfmpeg(provisioning);
  const tools = {
    temporalCli,
    versitygw: ifNeeded('s3', async () => {
      await afterTemporal;
      return provideVersitygw(provisioning);
    }),
    speech: ifNeeded('inference', async () => {
      const llama = gguf === null ? null : provideLlamaRuntime(provisioning);
      void llama?.catch(() => undefined); // reported below
      const python = await providePythonVenv(provisioning);
      // Without them speakers stay unknown, and nothing else changes.
      const speakers = provideSpeakerModels(provisioning, python).catch((error: Error) => {
        log(error.message);
        return null;
      });
      const whisperModel = await provideWhisperWeights(provisioning, python);
      const { ffmpeg } = await media;
      const runtime = await llama;
      const languageModel = gguf === null || runtime === null ? null : { path: gguf, runtime };
      return { python, whisperModel, speakerModels: await speakers, languageModel, ffmpeg };
    }),
    redisServer: ifNeeded('redis', () => provideRedisServer(provisioning)),
    media,
  };
  // A promise may reject before the caller awaits it, and Node would end the process.
  void Promise.allSettled(Object.values(tools));
  return tools;
}

/** As `startProvisioning`, but waits for all. Throws one error that names all that is missing. */
export async function provisionAll(
  config: LocalConfig,
  parts: readonly StackPart[],
  log: (line: string) => void,
): Promise<Tools> {
  const pending = startProvisioning(config, parts, log);
  await waitForAll(Object.values(pending));
  return {
    temporalCli: await pending.temporalCli,
    versitygw: await pending.versitygw,
    speech: await pending.speech,
    redisServer: await pending.redisServer,
    media: await pending.media,
  };
}

/** The wanted parts without Redis when there is no redis-server; one log line explains the consequence. */
export async function partsToStart(
  wanted: readonly StackPart[],
  tools: Pick<Tools | PendingTools, 'redisServer'>,
  log: (line: string) => void,
): Promise<readonly StackPart[]> {
  if (!wanted.includes('redis')) return wanted;
  // A redis-server that cannot be used is an error, which the start of the part reports.
  const [found] = await Promise.allSettled([Promise.resolve(tools.redisServer)]);
  if (found.status === 'rejected' || found.value !== null) return wanted;
  log(
    `redis-server is missing: processes do not share gates of targets and caches. ${REDIS_REMEDY}`,
  );
  return wanted.filter((part) => part !== 'redis');
}
