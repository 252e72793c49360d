import { keepCompiled, parseWorkerConfig } from './config.ts';

// Compiled modules are kept from here on, so everything else is loaded after it.
keepCompiled();
try {
  const config = parseWorkerConfig();
  const { runWorker } = await import('./run-worker.ts');
  await runWorker(config);
} catch (error) {
  console.error(`hansard worker: ${error instanceof Error ? error.message : String(error)}`);
  // An activity that did not end would keep the process.
  process.exit(1);
}
