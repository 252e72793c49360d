import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createOutput } from '../../client/cli/output.ts';

function terminal() {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 40 });
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => String(stream.read()) };
}

test('a block is drawn over the last one, however many lines that had', () => {
  const { stream, written } = terminal();
  const output = createOutput(stream, stream);
  output.block(['one', 'two', 'three']);
  output.block(['four']);
  output.block(['five']);
  expect(written()).toBe('one\ntwo\nthree\n\u001B[3A\u001B[Jfour\n\u001B[1A\u001B[Jfive\n');
});

test('results and remarks go where they belong', () => {
  const [out, err] = [terminal(), terminal()];
  const output = createOutput(out.stream, err.stream);
  output.result({ json: true }, { id: 'a' }, 'job a');
  output.result({}, { id: 'a' }, ['job a', 'started']);
  output.remark('wait');
  expect([out.written(), err.written()]).toEqual(['{"id":"a"}\njob a\nstarted\n', 'wait\n']);
  expect(output.isTerminal).toBe(true);
});

test('the lines of a block are cut to the terminal, and those of a result are not', () => {
  const { stream, written } = terminal();
  const output = createOutput(stream, stream);
  output.block(['x'.repeat(50)]);
  output.result({}, {}, 'y'.repeat(50));
  expect(written()).toBe(`${'x'.repeat(40)}\n${'y'.repeat(50)}\n`);
});
