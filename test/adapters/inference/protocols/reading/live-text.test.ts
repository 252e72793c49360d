import { expect, test } from 'vitest';
import { liveText } from '../../../../../adapters/inference/protocols/reading/live-text.ts';

const piecesOf = (body: string, bytesAtOnce: number): readonly string[] => {
  const pieces: string[] = [];
  const read = liveText((text) => pieces.push(text));
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += bytesAtOnce) read(bytes.subarray(at, at + bytesAtOnce));
  return pieces;
};
const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
const said = (content: string) => event({ choices: [{ index: 0, delta: { content } }] });

test.each([1, 2, 3, 1_000])(
  'the pieces of a chat are told however the bytes are cut: %i at once',
  (bytesAtOnce) => {
    const body = `${said('')}${said('Grüße')}: ping\n\n${said(' 你好')}data: [DONE]\n\n`;
    expect(piecesOf(body, bytesAtOnce)).toEqual(['Grüße', ' 你好']);
  },
);

test('only the first choice is told, and no token that ends an answer', () => {
  const other = event({ choices: [{ index: 1, delta: { content: 'other' } }] });
  const end = event({ choices: [{ delta: { content: '</s>' }, finish_reason: 'eos_token' }] });
  expect(piecesOf(`${other}${said('one')}${end}`, 1_000)).toEqual(['one']);
});

test('the tokens of TGI are told, and not its special ones', () => {
  const body = [
    event({ token: { text: 'Hi', special: false } }),
    event({ token: { text: '</s>', special: true }, generated_text: 'Hi' }),
  ].join('');
  expect(piecesOf(body, 1_000)).toEqual(['Hi']);
});

test('an error in the stream, or what is no JSON, is no text', () => {
  expect(piecesOf(`${event({ error: { message: 'busy' } })}data: {"cho\n\n`, 1_000)).toEqual([]);
});
