import { expect, test } from 'vitest';
import { measureUpload } from '../../bench/measure-upload.ts';
import { withStubTargets } from '../../bench/with-stub-targets.ts';

test('sends a long file completely, without holding it in memory', async () => {
  const bytes = 160 * 1024 * 1024;
  const { growthBytes } = await withStubTargets(
    async ({ audio }) => await measureUpload(audio, bytes),
  );
  // Holding the file once would take all of `bytes`; the margin is for the test process itself.
  expect(growthBytes).toBeLessThan(bytes / 2);
});
