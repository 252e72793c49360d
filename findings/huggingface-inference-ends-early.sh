#!/usr/bin/env bash
# A Node.js script that waits for queued work with @huggingface/inference ends before the first question after it.
#
# Versions:  @huggingface/inference 4.13.30 from npm, Node.js 20 to 24
# Expected:  `await client.textToVideo(…)` with a provider that queues its work waits until the film is there.
# Observed:  the package waits between two questions with a timer that keeps no process alive, and idle connections keep
#            none alive either. Where nothing else runs, Node.js finds nothing left to do and ends with code 13, after
#            the work was handed in, and will be billed. A server, or a script with a timer of its own, goes on.
# For us:    test/local/inference-server/routes/huggingface-js-client.test.ts runs inside a test runner, which stays
#            alive. Hansard's own client waits with timers that count.
#
# Exits 0 while this is so, 1 if it has changed.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @huggingface/inference@4.13.30

# Answers as the hub and the provider do, on the loopback interface; the work is done at the second question.
cat >server.mjs <<'NODE'
import { createServer } from 'node:http';
let questions = 0;
const answer = (path, method) => {
  if (path.startsWith('/api/models/'))
    return { inferenceProviderMapping: { 'fal-ai': { status: 'live', providerId: 'fal-ai/some-video', task: 'text-to-video' } } };
  if (method === 'POST')
    return { request_id: 'abc', status: 'IN_QUEUE', response_url: 'https://queue.fal.run/fal-ai/some-video/requests/abc' };
  if (path.endsWith('/status')) return { status: (questions += 1) === 2 ? 'COMPLETED' : 'IN_PROGRESS' };
  if (path.endsWith('/abc')) return { video: { url: 'https://files.example/film.mp4' } };
  return {};
};
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(pathname, request.method)));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
NODE
cat >script.mjs <<'NODE'
import { InferenceClient } from '@huggingface/inference';
const [port, busy] = process.argv.slice(2);
const real = globalThis.fetch;
// Only the host is another one.
globalThis.fetch = (url, init) => {
  const { pathname, search } = new URL(url);
  return real(`http://127.0.0.1:${port}${pathname}${search}`, init);
};
const alive = busy === 'busy' ? setInterval(() => {}, 1000) : undefined;
const film = await new InferenceClient('hf_something').textToVideo({
  model: 'someone/some-video',
  provider: 'fal-ai',
  inputs: 'a ship',
});
console.log(film instanceof Blob ? 'the film is there' : 'something else');
clearInterval(alive);
NODE
node server.mjs >port.txt &
server=$!
until [ -s port.txt ]; do sleep 0.1; done

# run [busy]: what the script printed, and its exit code.
run() {
  local code=0 printed
  printed=$(node script.mjs "$(cat port.txt)" "$@" 2>/dev/null) || code=$?
  echo "${printed:-nothing printed}, exit code $code"
}
alone=$(run)
busy=$(run busy)
printf '%-26s %s\n' 'alone:' "$alone" 'with a timer of its own:' "$busy"
[ "$alone" = 'nothing printed, exit code 13' ] && [ "$busy" = 'the film is there, exit code 0' ] || {
  echo CHANGED
  exit 1
}
