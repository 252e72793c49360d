/**
 * What our client costs: requests a second and latency beside bare undici, on a stub server on the loopback
 * interface, and the memory of a long upload. `--assert` ends with 1 where a promise is broken.
 */
import { Agent } from 'undici';
import type { Inputs } from '../adapters/inference/protocols/contract.ts';
import type { Target } from '../adapters/inference/targets/target.ts';
import type { ComparedClients, Comparison, Speed } from './compare-speed.ts';
import { infer } from '../adapters/inference/call/infer.ts';
import { prepareCall } from '../adapters/inference/call/prepare-call.ts';
import { createTransport } from '../adapters/inference/wire/send.ts';
import { compareSpeed } from './compare-speed.ts';
import { measureUpload } from './measure-upload.ts';
import { withStubTargets } from './with-stub-targets.ts';

/** What issue and design promise. */
const MOST_BY_BARE = 1.15;
const MOST_GROWTH_BYTES = 40 * 1024 * 1024;
const UPLOAD_BYTES = 200 * 1024 * 1024;

/** Both clients send the same request. */
const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json',
  'accept-encoding': 'identity',
  'user-agent': 'hansard-bench',
};

const input: Inputs['generate'] = {
  messages: [
    { role: 'system', content: 'You summarise meetings.' },
    { role: 'user', content: 'What was said. '.repeat(256) },
  ],
  maxTokens: 1000,
  temperature: 0,
};

const broken = await withStubTargets(async ({ chat, audio }) => {
  const promises = [
    await upload(audio),
    await speed(chat, { concurrency: 1, requests: 100, rounds: 200 }),
    await speed(chat, { concurrency: 16, requests: 160, rounds: 200 }),
  ];
  return promises.some((kept) => !kept);
});
if (broken && process.argv.includes('--assert')) process.exitCode = 1;

async function upload(target: Target): Promise<boolean> {
  const { startBytes, growthBytes, seconds } = await measureUpload(target, UPLOAD_BYTES);
  const kept = growthBytes < MOST_GROWTH_BYTES;
  console.log(
    `Upload of ${mebibytes(UPLOAD_BYTES)} MiB from a file, as multipart: ${seconds.toFixed(1)} s, resident memory ` +
      `${mebibytes(startBytes)} MiB at the start, ${mebibytes(growthBytes)} MiB more at its peak: ` +
      `${(growthBytes / UPLOAD_BYTES).toFixed(2)} of the body (promised: below ${mebibytes(MOST_GROWTH_BYTES)} MiB) ${mark(kept)}`,
  );
  return kept;
}

async function speed(target: Target, size: Size): Promise<boolean> {
  const agent = new Agent({ connections: 50 });
  const transport = createTransport({ userAgent: 'hansard-bench' });
  const options = { signal: new AbortController().signal, deadlineMs: 30_000 };
  const body = (): string =>
    JSON.stringify({
      model: target.model,
      messages: input.messages,
      stream: false,
      max_tokens: input.maxTokens,
      temperature: input.temperature,
    });
  const bare = async (): Promise<unknown> => {
    const answer = await agent.request({
      origin: target.baseUrl,
      path: '/v1/chat/completions',
      method: 'POST',
      headers: { ...HEADERS, authorization: 'Bearer stub-token' },
      body: body(),
    });
    if (answer.statusCode !== 200) throw new Error(`the stub answered ${answer.statusCode}`);
    return await answer.body.json();
  };
  const sent = async (): Promise<unknown> => {
    const url = `${target.baseUrl}/v1/chat/completions`;
    const request = {
      method: 'POST',
      url,
      headers: HEADERS,
      body: body(),
      parameters: {},
    } as const;
    const { bytes } = await transport.send(request, target, options);
    return JSON.parse(Buffer.from(bytes).toString());
  };
  const inferred = (): Promise<unknown> =>
    infer(transport, prepareCall(target, 'generate', input), options);

  console.log(`4 KiB of JSON each way, ${size.concurrency} at a time:`);
  tell('send alone', await compareSpeed({ ...size, bare, ours: sent }));
  const kept = tell('infer', await compareSpeed({ ...size, bare, ours: inferred }));
  await agent.close();
  await transport.close();
  return kept;
}

type Size = Omit<ComparedClients, 'bare' | 'ours'>;

/** Whether the promise is kept: by the time of whole rounds, which is what requests a second are. */
function tell(name: string, compared: Comparison): boolean {
  const { bare, ours, wallRatio, medianRatio, p95Ratio } = compared;
  const kept = wallRatio <= MOST_BY_BARE;
  const row = (client: string, { requestsPerSecond, medianMs, p95Ms }: Speed): string =>
    `  ${client.padEnd(12)} ${requestsPerSecond.toFixed(0).padStart(6)} requests/s   median ${medianMs.toFixed(3)} ms   p95 ${p95Ms.toFixed(3)} ms`;
  console.log(row('bare undici', bare));
  console.log(row(name, ours));
  console.log(
    `    adds ${(ours.medianMs - bare.medianMs).toFixed(3)} ms to the median, ${(ours.p95Ms - bare.p95Ms).toFixed(3)} ms to p95; ` +
      `by bare undici, median of rounds: time ${wallRatio.toFixed(3)}, median latency ${medianRatio.toFixed(3)}, ` +
      `p95 ${p95Ratio.toFixed(3)} (promised: time at most ${MOST_BY_BARE}) ${mark(kept)}`,
  );
  return kept;
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}

function mark(kept: boolean): string {
  return kept ? 'kept' : 'BROKEN';
}
