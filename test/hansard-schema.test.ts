import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { BUILT_IN } from '../client/templates/built-in-names.ts';
import { templateJsonSchema } from '../client/templates/template-file.ts';
import { hansardJsonSchema } from '../adapters/inference/targets/target-schema.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const published: unknown = JSON.parse(read('hansard.schema.json'));
const local = read('local/hansard.yaml');

test('hansard.schema.json is what npm run schema writes', () => {
  expect(published).toEqual(hansardJsonSchema());
});

test('template.schema.json is what npm run schema writes', () => {
  expect(JSON.parse(read('template.schema.json'))).toEqual(templateJsonSchema());
});

test('an editor that follows it accepts the built-in templates and refuses a field that nobody knows', () => {
  const schema = z.fromJSONSchema(templateJsonSchema());
  for (const name of BUILT_IN) {
    const text = read(`client/templates/built-in/${name}.yaml`);
    expect(text.split('\n')[0]).toBe(
      '# yaml-language-server: $schema=../../../template.schema.json',
    );
    const template = parse(text) as object;
    expect(schema.safeParse(template).success).toBe(true);
    expect(schema.safeParse({ ...template, prompt: 'x' }).success).toBe(false);
  }
});

test('an editor that follows it accepts the local file and refuses a field that nobody knows', () => {
  const schema = z.fromJSONSchema(hansardJsonSchema());
  const { roles } = parse(local) as { roles: Record<string, unknown[]> };
  expect(schema.safeParse({ roles }).success).toBe(true);
  const [entry] = roles['summarize'] as Record<string, unknown>[];
  for (const wrong of [{ temperature: 1 }, { token: 'hf_secret' }, { contract: 'grpc' }]) {
    const summarize = [{ ...entry, ...wrong }];
    expect(schema.safeParse({ roles: { ...roles, summarize } }).success).toBe(false);
  }
});

test('the local file tells editors where it is', () => {
  expect(local.split('\n')[0]).toBe('# yaml-language-server: $schema=../hansard.schema.json');
});
