import { fork } from 'node:child_process';
import { once } from 'node:events';

/** How long the models of `bench:pipeline` take to answer. */
export const LATENCY_MS = {
  transcribe: 2_000,
  summarize: 8_000,
  illustrate: 6_000,
  moderate: 1_000,
} as const;

/** Of every target: calls at once. */
export const CONCURRENCY = 8;

/** The longest chunk of the transcribing target, in seconds. */
const CHUNK_SECONDS = 28;

/** `hansard.yaml` for them. */
export const SLOW_MODELS = JSON.stringify({
  roles: Object.fromEntries(
    Object.keys(LATENCY_MS).map((role) => [
      role,
      [
        {
          name: `slow-${role}`,
          contract: role === 'summarize' ? 'hf-chat' : 'hf-task',
          model: `bench/${role}`,
          concurrency: CONCURRENCY,
          ...(role === 'transcribe' && { audioSeconds: CHUNK_SECONDS }),
          ...(role === 'summarize' && { contextTokens: 8192 }),
        },
      ],
    ]),
  ),
});

/** Runs the models in a process of their own while `use` runs, with the variables that lead a worker to them. */
export async function withSlowModels<T>(
  use: (environment: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const child = fork(new URL('slow-models-server.ts', import.meta.url));
  try {
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    const url = `http://127.0.0.1:${port}`;
    return await use({ HF_ROUTER_URL: url, HF_HUB_URL: url, HF_TOKEN: 'hf_bench' });
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}
