import { findOrAptInstall } from './apt-install.ts';
import { findTool } from './find-tool.ts';
import type { Provisioning } from './provisioning.ts';
import { runCommand } from './run-command.ts';

/** How to install it by hand. */
export const REDIS_REMEDY =
  'Debian, Ubuntu: sudo apt-get install redis-server. macOS: brew install redis. Or set HANSARD_REDIS_SERVER to its path.';

/** Path of a redis-server, installed with apt-get where possible; null when there is none, because Redis is optional. */
export const provideRedisServer = (provisioning: Provisioning): Promise<string | null> =>
  findOrAptInstall(provisioning, 'redis-server', () =>
    findTool(provisioning, {
      title: 'redis-server',
      command: 'redis-server',
      override: 'redisServer',
      // The oldest that speaks RESP 3, as the client does.
      oldestVersion: '6',
      readVersion: async (path) => /\bv=(\d+)\./.exec(await runCommand(path, ['--version']))?.[1],
    }),
  );
