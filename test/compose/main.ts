/*
 * `npm run test:compose`: docker-compose.yml for real. It makes the images (ours from the Dockerfile, stand-ins for those
 * that this machine cannot pull), starts everything, makes minutes through the gateway, kills a worker in the middle,
 * looks at what the containers may do, and starts all of it again on the same data. Exit code 75: there is no engine.
 */
import { NoEngineError, openEngine } from './engine.ts';
import { buildOurs, provideOthers } from './images.ts';
import { createInstallation } from './installation.ts';
import { tryOut } from './try-out.ts';

const NO_ENGINE = 75;

const begun = Date.now();
const log = (line: string) => {
  const seconds = Math.round((Date.now() - begun) / 1000);
  console.log(`${String(seconds).padStart(4)} s  ${line}`);
};

try {
  await using engine = await openEngine(log);
  await provideOthers(engine, log);
  await buildOurs(engine, log);
  const installation = await createInstallation(engine);
  try {
    await tryOut(engine, installation, log);
    log('passed');
  } catch (error) {
    console.error(await installation.compose('ps').catch(String));
    console.error(await installation.compose('logs', '--no-color', '--tail', '40').catch(String));
    throw error;
  } finally {
    await installation.remove();
  }
} catch (error) {
  const noEngine = error instanceof NoEngineError;
  console.error(noEngine ? `no container engine: ${error.message}` : error);
  process.exitCode = noEngine ? NO_ENGINE : 1;
}
