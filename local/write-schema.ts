import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hansardJsonSchema } from '../adapters/inference/targets/target-schema.ts';

/** `npm run schema`: what editors check a `hansard.yaml` against. */
const path = fileURLToPath(new URL('../hansard.schema.json', import.meta.url));
writeFileSync(path, `${JSON.stringify(hansardJsonSchema(), null, 2)}\n`);
