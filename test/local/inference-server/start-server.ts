import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { parseLocalConfig } from '../../../local/config.ts';
import { provisionAll } from '../../../local/provision/provision-all.ts';

export const main = join(import.meta.dirname, '../../../local/inference-server/main.ts');
const sample = join(import.meta.dirname, '../../../local/samples/planning-meeting.flac');

export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  /** SIGTERM; resolves to the exit code. */
  readonly stop: () => Promise<number | null>;
  readonly kill: () => Promise<void>;
}

/** The real server as a child process on a free port, with Whisper unless `--scripted-transcriber` is given. */
export async function startServer(...flags: readonly string[]): Promise<RunningServer> {
  const speech = flags.includes('--scripted-transcriber') ? null : (await tools()).speech;
  return await launch(flags, {
    ...(speech && { HANSARD_PYTHON: speech.python, HANSARD_WHISPER_MODEL: speech.whisperModel }),
  });
}

/** The real server without Whisper, with the models that tell speakers apart; its temporary files are in `folder`. */
export async function startSpeakerServer(folder: string): Promise<RunningServer> {
  const { speech } = await tools();
  if (speech === null || speech.speakerModels === null)
    throw new Error('the speaker models are missing');
  return await launch(['--scripted-transcriber', '--faults'], {
    HANSARD_PYTHON: speech.python,
    HANSARD_SPEAKER_MODELS: speech.speakerModels,
    HANSARD_FFMPEG: speech.ffmpeg,
    TMPDIR: folder,
  });
}

async function launch(
  flags: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<RunningServer> {
  const child = spawn(process.execPath, [main, ...flags], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...process.env,
      HANSARD_PORT_INFERENCE: '0',
      ...environment,
    },
  });
  const exited = once(child, 'exit');
  const [line] = z.tuple([z.string()]).parse(
    await Promise.race([
      once(createInterface({ input: child.stdout }), 'line'),
      exited.then(([code]) => {
        throw new Error(`the inference server ended with ${String(code)} before it listened`);
      }),
    ]),
  );
  const { url } = z.object({ url: z.url() }).parse(JSON.parse(line));
  return {
    url,
    pid: z.number().parse(child.pid),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      return child.exitCode;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Seconds `start` to `start + length` of the sample meeting, as FLAC. */
export async function sampleFlac(start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const { media } = await tools();
  const folder = await mkdtemp(join(tmpdir(), 'hansard-flac-'));
  try {
    const target = join(folder, 'part.flac');
    const range = ['-ss', String(start), '-t', String(length)];
    await promisify(execFile)(media.ffmpeg, ['-v', 'error', ...range, '-i', sample, target]);
    return new Uint8Array(await readFile(target));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const statisticsSchema = z.object({
  requests: z.record(z.string(), z.number()),
  billed: z.record(z.string(), z.number()),
  byInput: z.record(z.string(), z.number()),
});

export const readStatistics = async (url: string) =>
  statisticsSchema.parse(await (await fetch(`${url}/local/stats`)).json());

const tools = () => provisionAll(parseLocalConfig(process.env), ['inference'], () => undefined);
