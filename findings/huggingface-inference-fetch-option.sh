#!/usr/bin/env bash
# @huggingface/inference sends only the first request of queued work through the `fetch` that it was given.
#
# Versions:  @huggingface/inference 4.13.30 from npm (Node.js 20 or newer)
# Expected:  with `options.fetch`, every request of a call passes through it: a proxy, a log or a test sees all.
# Observed:  the question for the model's provider and the request that hands the work in do. The questions after the
#            work, the result and the download of the file use the global `fetch`, token included.
# For us:    test/local/inference-server/routes/huggingface-js-client.test.ts replaces the global `fetch`, and our own
#            client sends everything through one exchange.
#
# Exits 0 while this is so, 1 if it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @huggingface/inference@4.13.30

result=$(node --input-type=module - <<'NODE'
import { InferenceClient } from '@huggingface/inference';
// No request leaves this process: both functions answer as the hub and the provider do.
const answers = (path, method) => {
  if (path.startsWith('/api/models/'))
    return { inferenceProviderMapping: { 'fal-ai': { status: 'live', providerId: 'fal-ai/some-video', task: 'text-to-video' } } };
  if (method === 'POST')
    return { request_id: 'abc', status: 'IN_QUEUE', response_url: 'https://queue.fal.run/fal-ai/some-video/requests/abc' };
  if (path.endsWith('/status')) return { status: 'COMPLETED' };
  if (path.endsWith('/abc')) return { video: { url: 'https://files.example/film.mp4' } };
  return {};
};
const recorder = (name) => async (url, init = {}) => {
  const { pathname } = new URL(url);
  const method = init.method ?? 'GET';
  const token = new Headers(init.headers).has('authorization') ? ', with the token' : '';
  console.log(`${name} fetch: ${method} ${pathname}${token}`);
  return new Response(JSON.stringify(answers(pathname, method)), { headers: { 'content-type': 'application/json' } });
};
// Keeps the process alive between the questions: the package does not, see huggingface-inference-ends-early.sh.
const alive = setInterval(() => {}, 1000);
globalThis.fetch = recorder('global');
const client = new InferenceClient('hf_something');
const request = { model: 'someone/some-video', provider: 'fal-ai', inputs: 'a ship' };
await client.textToVideo(request, { fetch: recorder('given ') });
clearInterval(alive);
NODE
)
echo "$result"
[ "$result" = 'given  fetch: GET /api/models/someone/some-video, with the token
given  fetch: POST /fal-ai/fal-ai/some-video, with the token
global fetch: GET /fal-ai/fal-ai/some-video/requests/abc/status, with the token
global fetch: GET /fal-ai/fal-ai/some-video/requests/abc, with the token
global fetch: GET /film.mp4' ] || {
  echo CHANGED
  exit 1
}
