import { expect, test } from 'vitest';
import { atOnce } from '../../../../client/gateway/jobs/at-once.ts';
import { ProblemError } from '../../../../client/gateway/problem.ts';

test('a key has so many at once, and all keys together so many; what ends makes room', async () => {
  const take = atOnce({ ofKey: 2, ofAll: 3 }, 'zips in the making');
  const ends: (() => void)[] = [];
  const begin = (keyId: string) => take(keyId, () => new Promise<void>((end) => ends.push(end)));
  const refusalOf = async (keyId: string) => {
    const error: unknown = await begin(keyId).catch((reason: unknown) => reason);
    if (!(error instanceof ProblemError)) throw new Error('it began');
    return error.facts;
  };
  const running = [begin('a'), begin('a'), begin('b')];
  expect(await refusalOf('a')).toEqual({
    code: 'rate_limited',
    detail: 'a key has at most 2 zips in the making at once: try again when one of them has ended',
    headers: { 'retry-after': '10' },
  });
  expect(await refusalOf('c')).toEqual({
    code: 'service_unavailable',
    detail:
      'this gateway has 3 zips in the making at once, which is the most: try again in a while',
    headers: { 'retry-after': '10' },
  });
  ends[0]?.();
  await running[0];
  running.push(begin('c'));
  expect(ends).toHaveLength(4);
  expect(await refusalOf('b')).toMatchObject({ code: 'service_unavailable' });
  // What fails makes room, too.
  for (const end of ends) end();
  await Promise.all(running);
  await expect(take('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await Promise.all(['a', 'a', 'b'].map((key) => take(key, async () => key)))).toEqual([
    'a',
    'a',
    'b',
  ]);
});
