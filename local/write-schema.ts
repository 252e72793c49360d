import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hansardJsonSchema } from '../adapters/inference/targets/target-schema.ts';

/** `npm run schema`: writes the JSON schema with which editors check a `hansard.yaml`. */
const path = fileURLToPath(new URL('../hansard.schema.json', import.meta.url));
writeFileSync(path, `${JSON.stringify(hansardJsonSchema(), null, 2)}\n`);
