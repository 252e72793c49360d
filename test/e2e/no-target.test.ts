import { expect, test } from 'vitest';
import { createSurroundings, SAMPLE } from '../support/surroundings.ts';

test('a job that no target can transcribe fails at once, and the message says where to look', async () => {
  await using place = await createSurroundings({
    inference: ['--scripted-transcriber'],
    configuration: 'roles: { transcribe: [] }\n',
  });
  await place.startWorker();
  const { stdout } = await place.hansard('submit', SAMPLE, '--json');
  const { id } = JSON.parse(stdout) as { id: string };
  const watched = await place.hansard('watch', id);
  expect(watched.code).toBe(1);
  expect(watched.stdout + watched.stderr).toContain('hansard doctor');
  const { rows } = await place.database.query('select failure, failure_message from job');
  expect(rows).toEqual([
    { failure: 'NoTarget', failure_message: expect.stringContaining('transcribe: no target') },
  ]);
}, 120_000);
