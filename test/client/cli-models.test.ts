import { expect, test, vi } from 'vitest';
import { modelsReportSchema } from '../../client/models/models-report.ts';
import { withServer } from '../adapters/inference/with-server.ts';
import { hansard } from './cli-child.ts';

vi.setConfig({ testTimeout: 90_000 });

const live = (task: string) => ({ 'hf-inference': { status: 'live', providerId: 'x', task } });

/** Hub and router of the default targets: one of each role is served, all by `hf-inference`. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  '/api/models/openai/whisper-large-v3': {
    inferenceProviderMapping: live('automatic-speech-recognition'),
  },
  '/api/models/stabilityai/stable-diffusion-3-medium-diffusers': {
    inferenceProviderMapping: live('text-to-image'),
  },
  '/api/models/Falconsai/nsfw_image_detection': {
    inferenceProviderMapping: live('image-classification'),
  },
  '/v1/models/openai/gpt-oss-120b': {
    providers: [{ provider: 'cerebras', status: 'live', pricing: { input: 0.25, output: 0.69 } }],
  },
};

const models = (args: readonly string[], answers = ANSWERS) =>
  withServer(
    (request, response) => {
      const body = answers[(request.url ?? '').split('?')[0] ?? ''];
      response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body ?? {}));
    },
    (url) =>
      hansard(['models', 'check', ...args], {
        env: { HF_TOKEN: 'hf_secretsecret', HF_ROUTER_URL: url, HF_HUB_URL: url },
      }),
  );

test('models check prints a table a role, and exits 0 where each role of a job has a usable target', async () => {
  const { code, stdout, stderr } = await models([]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const role of ['transcribe', 'summarize', 'illustrate', 'moderate']) {
    expect(stdout).toMatch(new RegExp(`^${role}$`, 'm'));
  }
  expect(stdout).toMatch(
    /^ {2}TARGET +CONTRACT +MODEL +REACHABILITY +LATENCY +GATE +PRICE +CONTEXT +LIMITS +MAPPING$/m,
  );
  expect(stdout).toMatch(/^ {2}falconsai-nsfw +hf-task .* live by hf-inference$/m);
  expect(stdout).toMatch(/^ {2}gpt-oss-120b .*\$0\.25 in, \$0\.69 out.* live by cerebras$/m);
  expect(stdout).toMatch(/whisper-dedicated is skipped: WHISPER_URL is not set/);
  expect(stdout).not.toContain('hf_secret');
});

test('with --json it prints one object of the documented shape and nothing else', async () => {
  const { code, stdout, stderr } = await models(['--json', '--role', 'moderate']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const report = modelsReportSchema.parse(JSON.parse(stdout));
  expect(report.roles.map(({ role }) => role)).toEqual(['moderate']);
});

test('it exits 1 where a role of a job has no usable target', async () => {
  const { '/v1/models/openai/gpt-oss-120b': _, ...others } = ANSWERS;
  const { code, stdout } = await models([], others);
  expect(code).toBe(1);
  expect(stdout).toContain('summarize: no target is usable');
});
