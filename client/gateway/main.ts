import { keepCompiled } from '../config.ts';

// Compiled modules are kept from here on, so everything else is loaded after it.
keepCompiled();
const { runGateway } = await import('./run-gateway.ts');
await runGateway();
