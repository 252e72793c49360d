import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hansardJsonSchema } from '../adapters/inference/targets/target-schema.ts';
import { templateJsonSchema } from '../client/templates/template-file.ts';

/** `npm run schema`: writes the JSON schemas with which editors check a `hansard.yaml` and a template. */
const schemas = {
  'hansard.schema.json': hansardJsonSchema(),
  'template.schema.json': templateJsonSchema(),
};
for (const [name, schema] of Object.entries(schemas)) {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
  writeFileSync(path, `${JSON.stringify(schema, null, 2)}\n`);
}
