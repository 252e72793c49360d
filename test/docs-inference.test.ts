import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CONTRACTS } from '../adapters/inference/protocols/contract-table.ts';
import { loadInferenceConfiguration } from '../adapters/inference/targets/load-configuration.ts';
import { createInferenceMetrics } from '../adapters/inference/metrics/create-inference-metrics.ts';
import { PARAMETERS } from '../adapters/inference/targets/parameters/parameter-schema.ts';
import { PRESETS } from '../adapters/inference/targets/parameters/presets.ts';
import { wirePlaces } from '../adapters/inference/targets/parameters/wire-places.ts';
import {
  hansardJsonSchema,
  targetEntrySchema,
} from '../adapters/inference/targets/target-schema.ts';
import { CONTRACT_NAMES, ROLES, type Role } from '../workflows/contracts/targets.ts';
import { VERDICT_KINDS } from '../workflows/contracts/verdicts.ts';

const ENGLISH = 'docs/inference.md';
const CHINESE = 'docs/inference.zh-CN.md';
const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** Tables in order, without their headings: rows of cells. */
const tablesOf = (path: string): readonly (readonly (readonly string[])[])[] =>
  [...read(path).matchAll(/(?:^\|.*\|\n)+/gm)].map(([table]) =>
    table
      .trimEnd()
      .split('\n')
      .slice(2)
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ),
  );
const codesOf = (cell = ''): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '');
const tableAfter = (path: string, heading: string) => {
  const text = read(path);
  const before = text.slice(0, text.indexOf(heading));
  const at = [...before.matchAll(/(?:^\|.*\|\n)+/gm)].length;
  return tablesOf(path)[at] ?? [];
};
const rolesOf = (contract: keyof typeof CONTRACTS): Role[] =>
  ROLES.filter((role) => role in CONTRACTS[contract]);

describe.each([
  [ENGLISH, '## Contracts', '## Fields', '## Parameters', '## Three levels', '## Metrics'],
  [CHINESE, '## 协议', '## 目标的字段', '## 参数', '## 三级降级', '## 指标'],
])('%s', (path, contracts, fields, parameters, levels, metrics) => {
  test('has every contract with its roles', () => {
    const rows = tableAfter(path, contracts).map(([name, roles]) => [
      codesOf(name)[0],
      codesOf(roles),
    ]);
    expect(rows).toEqual(CONTRACT_NAMES.map((name) => [name, rolesOf(name)]));
  });

  test('has every field of a target', () => {
    const named = tableAfter(path, fields).flatMap(([name]) => codesOf(name));
    expect(new Set(named)).toEqual(new Set(Object.keys(targetEntrySchema.shape)));
  });

  test('has every parameter with the contracts that can say it', () => {
    const said = tableAfter(path, parameters).flatMap(([roles, name, , by]) =>
      codesOf(roles).map((role) => {
        const own = CONTRACT_NAMES.filter((one) => rolesOf(one).some((known) => known === role));
        const listed = codesOf(by);
        // Words instead of names: all of the role. Of `generate`, those of the row that serve it.
        const contractsOfRow = listed.length === 0 ? own : own.filter((o) => listed.includes(o));
        return `${role} ${codesOf(name)[0]}: ${contractsOfRow.join(' ')}`;
      }),
    );
    const known = ROLES.flatMap((role) =>
      Object.keys(PARAMETERS[role]).map((name) => {
        const by = CONTRACT_NAMES.filter(
          (one) => rolesOf(one).includes(role) && Object.keys(wirePlaces(one, role)).includes(name),
        );
        return `${role} ${name}: ${by.join(' ')}`;
      }),
    );
    expect(said.toSorted()).toEqual(known.toSorted());
  });

  test('has the presets as they are', () => {
    const columns = ['temperature', 'topK', 'repetitionPenalty', 'topP'];
    const rows = tablesOf(path).filter((rows) => codesOf(rows[0]?.[0])[0] === 'faithful');
    const said = (rows[0] ?? []).map(([name, ...cells]) => [
      codesOf(name)[0],
      Object.fromEntries(
        columns.flatMap((column, at) => (cells[at] === '' ? [] : [[column, Number(cells[at])]])),
      ),
    ]);
    expect(Object.fromEntries(said)).toEqual(PRESETS);
  });

  test('has every verdict', () => {
    const named = tableAfter(path, levels).flatMap(([name]) => codesOf(name));
    expect(new Set(named)).toEqual(new Set(VERDICT_KINDS));
  });

  test('has every metric with its type', async () => {
    const said = tableAfter(path, metrics).map(([name, type]) => `${codesOf(name)[0]} ${type}`);
    const text = await createInferenceMetrics({ targets: [] }).text();
    const known = [...text.matchAll(/^# TYPE (\S+ \w+)$/gm)].map(([, line]) => line ?? '');
    expect(said.toSorted()).toEqual(known.toSorted());
  });

  test('shows a hansard.yaml that the worker takes, with the patience that is the default', () => {
    const text = /^```yaml\n([\s\S]*?)^```$/m.exec(read(path))?.[1] ?? '';
    const env = { WHISPER_ENDPOINT_URL: 'https://example.org', HF_TOKEN: 'hf_x' };
    const { roles, patience } = loadInferenceConfiguration({ path, text, env });
    expect(roles.transcribe.map(({ name }) => name)).toEqual(['whisper-endpoint', 'whisper-fal']);
    expect(patience).toEqual(loadInferenceConfiguration({ path, text: null, env }).patience);
    const [, first = ''] = /yaml-language-server: \$schema=(\S+)/.exec(text) ?? [];
    expect(JSON.parse(read(`docs/${first}`))).toMatchObject({
      title: hansardJsonSchema()['title'],
    });
  });

  test('links to what exists', () => {
    const links = [...read(path).matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)].map(([, to = '']) => to);
    const missing = links.filter((to) => !existsSync(new URL(`../docs/${to}`, import.meta.url)));
    expect(links.length).toBeGreaterThan(5);
    expect(missing).toEqual([]);
  });
});

test('both languages have the same tables, row by row, and the same commands', () => {
  const shape = (path: string) =>
    tablesOf(path).map((rows) => rows.map(([first]) => codesOf(first)));
  expect(shape(CHINESE)).toEqual(shape(ENGLISH));
  const commands = (path: string) =>
    [...read(path).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block);
  expect(commands(ENGLISH)).toHaveLength(2);
  expect(commands(CHINESE)).toEqual(commands(ENGLISH));
});
