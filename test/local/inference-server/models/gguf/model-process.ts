/*
 * Speaks `messages.ts` as the process of a language model does, without one: it answers with the task that arrived, and
 * the last message says what to do instead.
 */
import type {
  ChatTask,
  FromModel,
  ToModel,
} from '../../../../../local/inference-server/models/gguf/messages.ts';

const send = (message: FromModel) => process.send?.(message);
const [, , , modelPath = ''] = process.argv;
let running = 0;

async function answer({ id, ...task }: ChatTask & { readonly id: number }) {
  running += 1;
  const wanted = task.messages.at(-1)?.content;
  if (wanted === 'die') process.exit(3);
  if (wanted === 'fail') send({ id, failed: 'no memory' });
  else if (wanted === 'bad schema') send({ id, badSchema: 'unknown type: strange' });
  else if (wanted === 'too long') send({ id, tooLong: { promptTokens: 9000 } });
  else if (wanted !== 'wait') {
    await new Promise((resolve) => setImmediate(resolve));
    const content = JSON.stringify({ running, pid: process.pid, task });
    send({
      id,
      answer: { content, finishReason: 'length', promptTokens: 12, completionTokens: 5 },
    });
  }
  if (wanted !== 'wait') running -= 1;
}

process.once('disconnect', () => process.exit(0));
process.on('message', (message: ToModel) => {
  if ('abandon' in message) {
    running -= 1;
    send({ id: message.abandon, failed: 'nobody waits' });
  } else void answer(message);
});
if (modelPath.endsWith('broken.gguf')) send({ unusable: 'not enough memory' });
else if (modelPath.endsWith('dying.gguf')) process.exit(9);
else send({ contextTokens: 4096 });
