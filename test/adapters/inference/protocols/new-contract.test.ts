import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openai } from '../../../../adapters/inference/protocols/openai.ts';
import { withServer } from '../with-server.ts';

/**
 * A new contract is one file, one test, and one line in the table (an entry with its import). Done here in a copy of the
 * sources, with the real compiler, configuration and transport.
 */

const root = new URL('../../../../', import.meta.url).pathname;
const PROTOCOLS = 'adapters/inference/protocols';
const run = promisify(execFile);

const MADE_UP = `
import { z } from 'zod';
import { ANY_TOKEN } from '../verdicts/verdict.ts';
import type { WireContract } from './contract.ts';
import { healthQuestion } from './forms/probe-question.ts';
import { wireJson } from './forms/wire-json.ts';
import { wireParameters } from './forms/wire-parameters.ts';
import { jsonBody } from './reading/json-body.ts';
import { replyFacts } from './reading/response-facts.ts';

const places = { temperature: 'heat', maxTokens: 'words' };

export const madeUp = {
  traits: {
    router: null,
    ownRoute: /\\/speak$/,
    authorizationScheme: () => 'Key',
    audio: { form: 'flac', byUrl: false, detectsLanguage: true, tellsWords: false },
    streams: false,
    whyNotModel: (model) => (model.includes('/') ? 'has an owner' : null),
    probeQuestion: healthQuestion,
    neededToken: ANY_TOKEN,
    everyExceptionIs400: false,
  },
  roles: {
    generate: {
      places,
      buildRequest: ({ messages, maxTokens, temperature }, target) => {
        const parameters = wireParameters(target, places, { maxTokens, temperature });
        return {
          method: 'POST',
          url: \`\${target.baseUrl}/speak\`,
          headers: { 'content-type': 'application/json', accept: 'application/json' },
          body: wireJson({ mouth: target.model, hears: messages.at(-1)?.content, ...parameters }),
          parameters,
        };
      },
      parseResponse: (response, _input, target) => ({
        answer: { text: jsonBody(response, z.object({ says: z.string() }), target).says },
        ...replyFacts(response),
      }),
    },
  },
} satisfies WireContract;
`;

const YAML = `
roles:
  generate:
    - name: mouth
      contract: made-up
      url: \${MOUTH_URL}/speak
      token: \${MOUTH_TOKEN}
      model: parrot
      parameters: { temperature: 0.25 }
`;

/** Calls the target of `hansard.yaml` as a worker does. */
const CALL = `
import { readFile } from 'node:fs/promises';
import { infer } from './adapters/inference/call/infer.ts';
import { prepareCall } from './adapters/inference/call/prepare-call.ts';
import { loadInferenceConfiguration } from './adapters/inference/targets/load-configuration.ts';
import { createTransport } from './adapters/inference/wire/send.ts';

const text = await readFile('hansard.yaml', 'utf8');
const { roles } = loadInferenceConfiguration({ path: 'hansard.yaml', text, env: process.env });
const [target] = roles.generate;
if (target === undefined) throw new Error('the target was skipped');
const transport = createTransport({ userAgent: 'hansard/test' });
const call = prepareCall(target, 'generate', {
  messages: [{ role: 'user', content: 'Hello?' }],
  maxTokens: 9,
  temperature: 1,
});
const signal = new AbortController().signal;
const { answer } = await infer(transport, call, { signal, deadlineMs: 10_000 });
await transport.close();
console.log(JSON.stringify(answer));
`;

const TRAITS = Object.keys(openai.traits);

let copy = '';
/** Lines of the compiler about a worker's call through the contract, and about contracts that each lack a trait. */
let report: readonly string[] = [];
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'hansard-contract-'));
  for (const folder of ['adapters', 'workflows/contracts'])
    await cp(join(root, folder), join(copy, folder), { recursive: true });
  for (const file of ['package.json', 'tsconfig.json'])
    await cp(join(root, file), join(copy, file));
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  await writeFile(join(copy, 'hansard.yaml'), YAML);
  await writeFile(join(copy, 'call.ts'), CALL);
  await writeFile(join(copy, PROTOCOLS, 'made-up.ts'), MADE_UP);

  const table = join(copy, PROTOCOLS, 'contract-table.ts');
  const before = await readFile(table, 'utf8');
  const after = before
    .replace(
      "import { nscale } from './nscale.ts';\n",
      "$&import { madeUp } from './made-up.ts';\n",
    )
    .replace('  nscale,\n', "$&  'made-up': madeUp,\n");
  if (after.split('\n').length !== before.split('\n').length + 2)
    throw new Error('the line was not inserted: see contract-table.ts');
  await writeFile(table, after);

  for (const trait of TRAITS) {
    const lacking = MADE_UP.replace(new RegExp(`^ {4}${trait}: .*\\n`, 'm'), '');
    if (lacking === MADE_UP) throw new Error(`the made-up contract has no ${trait}`);
    await writeFile(join(copy, PROTOCOLS, `without-${trait}.ts`), lacking);
  }
  const files = ['call.ts', ...TRAITS.map((trait) => join(PROTOCOLS, `without-${trait}.ts`))];
  report = await compile(files);
});
afterAll(async () => {
  await rm(copy, { recursive: true, force: true });
});

/** Compiles the files with everything that they import. */
async function compile(files: readonly string[]): Promise<readonly string[]> {
  const configuration = { extends: './tsconfig.json', include: [], files };
  await writeFile(join(copy, 'tsconfig.some.json'), JSON.stringify(configuration));
  const { stdout } = await run(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.some.json'], {
    cwd: copy,
  }).catch((error: unknown) => error as { stdout: string });
  return stdout.split('\n').filter((line) => line !== '');
}

test('compiles, is configured and served with nothing but its file and its line', async () => {
  expect(report.filter((line) => !line.startsWith(`${PROTOCOLS}/without-`))).toEqual([]);

  const heard: unknown[] = [];
  const answer = await withServer(
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        heard.push([
          `${request.method} ${request.url}`,
          request.headers.authorization,
          JSON.parse(Buffer.concat(chunks).toString()),
        ]);
        response.end('{"says":"Hello!"}');
      });
    },
    async (url) => {
      const env = { ...process.env, MOUTH_URL: url, MOUTH_TOKEN: 'beak' };
      const { stdout } = await run(process.execPath, ['call.ts'], { cwd: copy, env });
      return stdout;
    },
  );

  expect(JSON.parse(answer)).toEqual({ text: 'Hello!' });
  expect(heard).toEqual([
    ['POST /speak', 'Key beak', { mouth: 'parrot', hears: 'Hello?', heat: 0.25, words: 9 }],
  ]);
});

test.each(TRAITS)('does not compile without %s, which the compiler names', (trait) => {
  const [line, ...others] = report.filter((one) =>
    one.startsWith(`${PROTOCOLS}/without-${trait}.ts`),
  );
  expect(line).toContain(`Property '${trait}' is missing`);
  expect(others).toEqual([]);
});
