import { expect, it } from 'vitest';
import { measureUpload } from '../../bench/measure-upload.ts';
import { stubTargets } from '../../bench/stub-targets.ts';
import { withStubServer } from '../../bench/with-stub-server.ts';

it('a long file goes out whole, and is never whole in memory', async () => {
  const bytes = 160 * 1024 * 1024;
  const { growthBytes } = await withStubServer(
    async (baseUrl) => await measureUpload(stubTargets(baseUrl).audio, bytes),
  );
  // Whoever holds it once needs all of it; the test's own process breathes, too.
  expect(growthBytes).toBeLessThan(bytes / 2);
});
