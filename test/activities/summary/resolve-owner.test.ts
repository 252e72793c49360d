import { expect, test } from 'vitest';
import { resolveOwner } from '../../../activities/summary/resolve-owner.ts';

const attendees = ['Anna Schmidt', 'Tom Baker', 'Tom Miller', '王芳', 'Jean-Luc Picard'];

test.each([
  ['Anna', 'Anna Schmidt'],
  ['anna schmidt', 'Anna Schmidt'],
  ['Schmidt.', 'Anna Schmidt'],
  ['Tom', 'Tom'],
  ['Tom Miller', 'Tom Miller'],
  ['王芳', '王芳'],
  ['Luc', 'Jean-Luc Picard'],
  ['Maria', 'Maria'],
  ['I', null],
  ['ich', null],
  ['我', null],
  ['speaker', null],
  ['S1', null],
  ['We', null],
  ['someone', null],
  ['我们', null],
  ['wir', null],
  ['  ', null],
  ['?', null],
  [null, null],
])('%j is %j', (owner, expected) => {
  expect(resolveOwner(owner, { attendees })).toBe(expected);
});

test.each([
  ['I', 'S2', 'S2'],
  ['me', 'S2', 'S2'],
  ['Ich', 'S2', 'S2'],
  ['我', 'S2', 'S2'],
  ['S1', 'S2', 'S1'],
  ['s1', 'S2', 'S1'],
  ['Speaker S1.', 'S2', 'S1'],
  ['speaker s2', 'S1', 'S2'],
  ['S9', 'S2', null],
  ['speaker s12', 'S2', null],
  ['Anna', 'S2', 'Anna Schmidt'],
  ['We', 'S2', null],
  ['someone', 'S2', null],
])('%j, said by %s, is %j', (owner, speaker, expected) => {
  const speakers = new Set(['S1', 'S2']);
  expect(resolveOwner(owner, { attendees, speaker, speakers })).toBe(expected);
});
