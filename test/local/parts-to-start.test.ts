import { expect, test } from 'vitest';
import { partsToStart } from '../../local/parts-to-start.ts';
import { STACK_PARTS } from '../../local/stack-facts.ts';

test('without a redis-server the stack starts without Redis, and a log line explains it', () => {
  const said: string[] = [];
  const log = (line: string) => said.push(line);
  expect(partsToStart(STACK_PARTS, { redisServer: null }, log)).toEqual(
    STACK_PARTS.filter((part) => part !== 'redis'),
  );
  expect(said).toEqual([
    expect.stringMatching(/each process has its own.*apt-get install redis-server/),
  ]);
});

test('nothing is logged if Redis exists or was not wanted', () => {
  const said: string[] = [];
  const log = (line: string) => said.push(line);
  expect(partsToStart(STACK_PARTS, { redisServer: '/usr/bin/redis-server' }, log)).toEqual(
    STACK_PARTS,
  );
  expect(partsToStart(['s3'], { redisServer: null }, log)).toEqual(['s3']);
  expect(said).toEqual([]);
});
