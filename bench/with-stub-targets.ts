import { fork } from 'node:child_process';
import { once } from 'node:events';
import { loadInferenceConfiguration } from '../adapters/inference/targets/load-configuration.ts';

/** Runs the stub server in a child process while `use` runs, with targets on it as `hansard.yaml` would define them. */
export async function withStubTargets<T>(
  use: (targets: ReturnType<typeof stubTargets>) => Promise<T>,
): Promise<T> {
  const child = fork(new URL('stub-server.ts', import.meta.url));
  try {
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return await use(stubTargets(`http://127.0.0.1:${port}`));
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}

function stubTargets(url: string) {
  const entry = { contract: 'openai', model: 'stub/model', url, token: '${STUB_TOKEN}' };
  const { roles } = loadInferenceConfiguration({
    path: 'the bench',
    text: JSON.stringify({
      roles: {
        generate: [{ ...entry, name: 'stub-chat' }],
        transcribe: [{ ...entry, name: 'stub-audio' }],
      },
    }),
    env: { STUB_TOKEN: 'stub-token' },
  });
  const [[chat], [audio]] = [roles.generate, roles.transcribe];
  if (chat === undefined || audio === undefined) throw new Error('the bench has no targets');
  return { chat, audio };
}
