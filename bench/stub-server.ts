import { createServer } from 'node:http';

/**
 * The least that an HTTP server can do, in a process of its own: reads the request and answers 4 KiB of JSON in the
 * form of a chat completion. It says its port and, of every body that is no JSON, how many bytes came.
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

const server = createServer((request, response) => {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  request.on('end', () => {
    const asked = request.headers['content-type'] === 'application/json';
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(asked ? answer : JSON.stringify({ text: String(bytes) }));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.({ port: address.port });
});
process.on('disconnect', () => process.exit());
