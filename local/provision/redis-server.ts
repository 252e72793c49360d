import { aptInstall, canAptInstall } from './apt-install.ts';
import { findTool } from './find-tool.ts';
import type { Provisioning } from './provisioning.ts';
import { runCommand } from './run-command.ts';

// The oldest version with RESP 3, which the client uses.
const OLDEST_MAJOR = 6;

/** What to do when there is none. */
export const REDIS_REMEDY =
  'Debian, Ubuntu: sudo apt-get install redis-server. macOS: brew install redis. Or set its path in HANSARD_REDIS_SERVER.';

/** Path of a redis-server; installs it with apt-get if possible. Null: there is none; Redis is optional. */
export async function provideRedisServer(provisioning: Provisioning): Promise<string | null> {
  const found = await findRedisServer(provisioning);
  if (found !== null || !(await canAptInstall(provisioning.environment))) return found;
  await aptInstall(provisioning, ['redis-server']).catch(() => {
    provisioning.log('redis-server cannot be installed with apt-get');
  });
  return findRedisServer(provisioning);
}

const findRedisServer = (provisioning: Provisioning) =>
  findTool(provisioning, {
    title: 'redis-server',
    command: 'redis-server',
    override: provisioning.overrides.redisServer,
    overrideVariable: 'HANSARD_REDIS_SERVER',
    complaint: async (path) => {
      const version = /\bv=(\d+)\./.exec(await runCommand(path, ['--version']))?.[1];
      if (version === undefined) return 'it does not print its version';
      return Number(version) >= OLDEST_MAJOR
        ? null
        : `it is version ${version}, ${OLDEST_MAJOR} or newer is needed`;
    },
  });
