import type { StartingStack } from './stack.ts';

type Child = Parameters<StartingStack['supervisor']['start']>[0];

/**
 * Starts a child of the stack, and again whenever it ends by itself, so that a killed one only delays what it does. Throws
 * when the first start fails.
 */
export async function keepRunning(
  stack: StartingStack,
  options: Child,
  log: (line: string) => void,
): Promise<void> {
  const { name } = options;
  log(`${name} is starting`);
  const child = await stack.supervisor.start(options);
  log(`${name} is up`);
  void child.ended.then(async ({ code, signal }) => {
    if (stack.supervisor.isStopping()) return;
    log(`the ${name} ended (${signal ?? `exit code ${code}`}); starting it again`);
    await keepRunning(stack, options, log).catch((error: unknown) =>
      log(
        `the ${name} cannot be started: ${error instanceof Error ? error.message : String(error)}`,
      ),
    );
  });
}
