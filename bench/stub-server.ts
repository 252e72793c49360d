import { createServer } from 'node:http';

/**
 * A minimal HTTP server in its own process: reads the request and answers with a chat completion of 4 KiB. It sends its
 * port to the parent; to a body that is not JSON it answers with the number of bytes received. Its argument is the time in
 * milliseconds that it takes; default: none.
 */
const answer = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 0,
    model: 'stub/model',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'What was said. '.repeat(256) },
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 1000, completion_tokens: 900, total_tokens: 1900 },
  }),
);

const delayMs = Number(process.argv[2] ?? 0);

const server = createServer((request, response) => {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  request.on('end', () => {
    const isJson = request.headers['content-type'] === 'application/json';
    const answerNow = (): void => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(isJson ? answer : JSON.stringify({ text: String(bytes) }));
    };
    if (delayMs === 0) answerNow();
    else setTimeout(answerNow, delayMs);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.({ port: address.port });
});
process.on('disconnect', () => process.exit());
