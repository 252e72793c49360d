import { loadInferenceConfiguration } from '../adapters/inference/targets/load-configuration.ts';
import type { Target } from '../adapters/inference/protocols/contract.ts';

/** Targets as `hansard.yaml` makes them, on the stub server. */
export function stubTargets(baseUrl: string): { readonly chat: Target; readonly audio: Target } {
  const entry = { contract: 'openai', model: 'stub/model', url: baseUrl, token: '${STUB_TOKEN}' };
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
  const [chat] = roles.generate;
  const [audio] = roles.transcribe;
  if (chat === undefined || audio === undefined) throw new Error('the bench has no targets');
  return { chat, audio };
}
