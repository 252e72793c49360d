import { keepCompiled } from '../config.ts';

// Compiled modules are kept from here on, so everything else is loaded after it.
keepCompiled();
const { runCommandLine } = await import('./run-command-line.ts');
await runCommandLine(process.argv.slice(2));
