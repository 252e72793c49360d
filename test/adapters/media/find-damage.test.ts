import { expect, test } from 'vitest';
import { createDamageFinder } from '../../../adapters/media/find-damage.ts';

/** ffmpeg's line about a decoded frame: 0.02 s, unless told otherwise. */
const frame = (time: number, rate = 48_000, samples = 960) =>
  `[Parsed_ashowinfo_0 @ 0x5] [info] n:1 pts:${Math.round(time * rate)} pts_time:${Number(time.toPrecision(6))} pos:1 fmt:fltp channels:1 chlayout:mono rate:${rate} nb_samples:${samples} checksum:1`;
const OPENED = "[info] Input #0, ogg, from 'file:/tmp/x':";
const ERROR = '[ogg @ 0x5] [error] CRC mismatch!';

function damageIn(...lines: readonly string[]) {
  return damageFrom(0, OPENED, ...lines);
}

function damageFrom(firstSeconds: number, ...lines: readonly string[]) {
  const finder = createDamageFinder(firstSeconds);
  lines.forEach((line) => finder.readLine(line));
  return finder
    .damage()
    .map(({ start, end }) => [start, end].map((time) => Math.round(time * 1000) / 1000));
}

test('a pause beside an error is damage, from the last frame to the next', () => {
  expect(damageIn(frame(0), frame(0.02), ERROR, frame(1), frame(1.02))).toEqual([[0, 1]]);
  expect(damageFrom(10, OPENED, frame(10), frame(10.02), frame(10.04), ERROR, frame(11.5))).toEqual(
    [[0.01, 1.5]],
  );
});

test('a pause without an error is one that the recorder made', () => {
  expect(damageIn(frame(0), frame(5), frame(5.02))).toEqual([]);
  expect(damageIn(frame(0), frame(5), frame(9), ERROR, frame(9.02))).toEqual([[8.97, 9.07]]);
});

test('an error that takes no time is a tenth of a second', () => {
  expect(damageIn(frame(0), frame(1), frame(1.02), frame(1.04), ERROR, frame(1.06))).toEqual([
    [1.01, 1.11],
  ]);
});

test('frames that run backwards are damage', () => {
  expect(damageIn(frame(0), frame(1), frame(0.5), frame(1.02))).toContainEqual([0.5, 1.02]);
});

test('an error of opening the file has no place of its own, and makes every pause damage', () => {
  expect(damageFrom(0, ERROR, OPENED, frame(0), frame(0.02))).toEqual([]);
  expect(damageFrom(0, ERROR, OPENED, frame(0), frame(5), frame(5.02))).toEqual([[0.02, 5]]);
});

test('frames after three hours, where ffmpeg prints tenths of seconds, are not damage', () => {
  const frames = Array.from({ length: 100 }, (_, index) =>
    frame(12_000 + index * 0.064, 16_000, 1024),
  );
  expect(damageFrom(12_000, OPENED, ...frames)).toEqual([]);
});

test('what is lost before the first frame is damage', () => {
  expect(damageIn(ERROR, ERROR, frame(3), frame(3.02))).toEqual([[0, 3]]);
  expect(damageFrom(2, OPENED, ERROR, frame(3), frame(3.02))).toEqual([[0, 1]]);
});

test('tags of a recording that look like lines of the log are not read as such', () => {
  const tag = `[info]     title           : ${frame(9).replace('rate:48000', 'rate:0')}`;
  expect(damageIn(tag, `[info]     title           : ${ERROR}`, frame(0))).toEqual([]);
});
