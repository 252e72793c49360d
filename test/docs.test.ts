import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  CONTRACT_NAMES,
  CONTRACTS,
  contractFor,
} from '../adapters/inference/protocols/contract-table.ts';
import { loadInferenceConfiguration } from '../adapters/inference/targets/load-configuration.ts';
import { createInferenceMetrics } from '../adapters/inference/metrics/create-inference-metrics.ts';
import { createDeliveryMetrics } from '../adapters/webhooks/delivery-metrics.ts';
import { PARAMETERS, PRESETS } from '../adapters/inference/targets/parameter-schema.ts';
import {
  hansardJsonSchema,
  targetEntrySchema,
} from '../adapters/inference/targets/target-schema.ts';
import { POLICY } from '../client/gateway/policy.ts';
import { PROBLEM_STATUSES } from '../client/gateway/problem.ts';
import { ROLES, type Role } from '../workflows/contracts/targets.ts';
import { VERDICT_KINDS } from '../workflows/contracts/verdicts.ts';

const ROOT = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const exists = (path: string) => existsSync(new URL(path, ROOT));

const markdownIn = (folder: string) =>
  readdirSync(new URL(folder, ROOT))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}${name}`);
const isEnglish = (path: string) => !path.endsWith('.zh-CN.md');
const DECISIONS = markdownIn('docs/decisions/').filter(
  (path) => isEnglish(path) && /\/\d{4}-/.test(path),
);
/** In English; each has a Chinese twin. */
const PAGES = [
  ...markdownIn('docs/'),
  ...markdownIn('docs/decisions/'),
  ...markdownIn('findings/'),
].filter(isEnglish);
const folders = () =>
  readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter((name) => !['node_modules', 'out', 'dist'].includes(name));
const proseOf = (path: string) => read(path).replaceAll(/^```[\s\S]*?^```$/gm, '');
const toChinese = (path: string) => path.replace(/\.md$/, '.zh-CN.md');

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
  ROLES.filter((role) => role in CONTRACTS[contract].roles);

describe.each([
  ['docs/configuration.md', '## Contracts', '## Fields', '## Parameters', '## Metrics'],
  ['docs/configuration.zh-CN.md', '## 协议', '## 目标的字段', '## 参数', '## 指标'],
])('%s', (path, contracts, fields, parameters, metrics) => {
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
          (one) =>
            rolesOf(one).includes(role) &&
            Object.keys(contractFor(one, role)?.places ?? {}).includes(name),
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

  test('has every metric with its type', async () => {
    const said = tableAfter(path, metrics).map(([name, type]) => `${codesOf(name)[0]} ${type}`);
    const shown = [createInferenceMetrics({ targets: [] }), createDeliveryMetrics()];
    const text = (await Promise.all(shown.map(async (one) => await one.text()))).join('\n');
    const known = [...text.matchAll(/^# TYPE (\S+ \w+)$/gm)].map(([, line]) => line ?? '');
    expect(said.toSorted()).toEqual(known.toSorted());
  });

  test('shows a hansard.yaml with another chain that the worker takes', () => {
    const [text = ''] = yamlOf(path);
    const env = { MIXTRAL_URL: 'https://example.org' };
    const { roles, skipped } = loadInferenceConfiguration({ path, text, env });
    expect(skipped.filter(({ role }) => role === 'summarize')).toEqual([]);
    expect(roles.summarize.map(({ name }) => name)).toEqual(['mixtral', 'gpt-oss-120b']);
  });

  test('shows a larger one, with the patience that is the default', () => {
    const [, text = ''] = yamlOf(path);
    const env = { WHISPER_ENDPOINT_URL: 'https://example.org', HF_TOKEN: 'hf_x' };
    const { roles, patience } = loadInferenceConfiguration({ path, text, env });
    expect(roles.transcribe.map(({ name }) => name)).toEqual(['whisper-endpoint', 'whisper-fal']);
    expect(patience).toEqual(loadInferenceConfiguration({ path, text: null, env }).patience);
  });

  test('names the schema in each of them', () => {
    for (const text of yamlOf(path)) {
      const [, schema = ''] = /yaml-language-server: \$schema=(\S+)/.exec(text) ?? [];
      expect(JSON.parse(read(`docs/${schema}`))).toMatchObject({
        title: hansardJsonSchema()['title'],
      });
    }
  });
});

const yamlOf = (path: string): string[] => {
  const blocks = [...read(path).matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(
    ([, text = '']) => text,
  );
  expect(blocks).toHaveLength(2);
  return blocks;
};

describe.each([
  ['docs/failures.md', '## Verdicts'],
  ['docs/failures.zh-CN.md', '## 判定'],
])('%s', (path, verdicts) => {
  test('has every verdict', () => {
    const named = tableAfter(path, verdicts).flatMap(([name]) => codesOf(name));
    expect(new Set(named)).toEqual(new Set(VERDICT_KINDS));
  });
});

describe.each([
  ['docs/api.md', '## Roles', '## Errors'],
  ['docs/api.zh-CN.md', '## 角色', '## 错误'],
])('%s', (path, roles, errors) => {
  test('has the policy as it is', () => {
    const said = tableAfter(path, roles).map(([action, roles]) => [
      codesOf(action)[0],
      codesOf(roles),
    ]);
    expect(Object.fromEntries(said)).toEqual(POLICY);
  });

  test('has every code of a problem with its status', () => {
    const said = tableAfter(path, errors).map(([code, status]) => [
      codesOf(code)[0],
      Number(status),
    ]);
    expect(Object.fromEntries(said)).toEqual(PROBLEM_STATUSES);
  });
});

describe.each(['docs/development.md', 'docs/development.zh-CN.md'])('%s', (path) => {
  test('has every folder and no other', () => {
    const rows = [...read(path).matchAll(/^\| `([a-z]+)\/` /gm)].map(([, name = '']) => name);
    expect(rows.toSorted()).toEqual(folders().toSorted());
  });
});

const READMES = ['README.md', 'README.zh-CN.md'];

describe.each([...READMES, ...PAGES, ...PAGES.map(toChinese)])('%s', (path) => {
  test('links to what exists', () => {
    const links = [...proseOf(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
      ([, to = '']) => to,
    );
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    expect(links.filter((to) => !exists(`${folder}${to}`))).toEqual([]);
  });

  test('names files and folders that exist, or that git ignores because they are made', () => {
    const made = read('.gitignore').split('\n');
    // In backticks, a path begins with one of the folders.
    const begins = new RegExp(`\`((?:${folders().join('|')})/[\\w./-]*)\``, 'g');
    const named = [...proseOf(path).matchAll(begins)].map(([, name = '']) => name);
    expect(named.filter((name) => !exists(name) && !made.includes(`${name}/`))).toEqual([]);
  });

  test('links to headings or anchors that exist', () => {
    const anchors = [...proseOf(path).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)];
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const missing = anchors.filter(([, to = '', anchor = '']) => {
      const text = read(to === '' ? path : `${folder}${to}`);
      return !text.includes(`<a id="${anchor}"></a>`);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });

  test('names npm scripts that exist', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('package.json')));
    const named = [...read(path).matchAll(/\bnpm run (?:-s )?([a-z][\w:-]*)/g)];
    expect(named.filter(([, name = '']) => !(name in scripts)).map(([text]) => text)).toEqual([]);
  });
});

test('no Chinese page is without its English one', () => {
  const chinese = ['docs/', 'docs/decisions/', 'findings/']
    .flatMap(markdownIn)
    .filter((path) => !isEnglish(path));
  expect(chinese.toSorted()).toEqual(PAGES.map(toChinese).toSorted());
});

test.each(PAGES)('%s has the same tables, blocks and links in both languages', (path) => {
  const shape = (page: string) =>
    tablesOf(page).map((rows) => rows.map(([first]) => codesOf(first)));
  const blocks = (page: string) =>
    [...read(page).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text]) =>
      // Comments and labels are translated.
      language === 'yaml' || language === 'mermaid' ? language : [language, text],
    );
  const links = (page: string) =>
    [...read(page).matchAll(/\]\(([^)]+)\)/g)].map(([, to = '']) => to.replace('.zh-CN.md', '.md'));
  expect(shape(toChinese(path))).toEqual(shape(path));
  expect(blocks(toChinese(path))).toEqual(blocks(path));
  expect(new Set(links(toChinese(path)))).toEqual(new Set(links(path)));
});

test.each(['docs/decisions/README.md', 'docs/decisions/README.zh-CN.md'])(
  '%s lists every decision in order',
  (path) => {
    const listed = [...read(path).matchAll(/^(\d+)\. \[.+\]\((\d{4})-(.+\.md)\)$/gm)].map(
      ([, number = '', digits = '', name = '']) => {
        expect(Number(digits)).toBe(Number(number));
        return `docs/decisions/${digits}-${name.replace('.zh-CN.md', '.md')}`;
      },
    );
    expect(listed).toEqual(DECISIONS.toSorted());
  },
);

test('every finding is listed, and can be run', () => {
  const scripts = readdirSync(new URL('findings', ROOT)).filter((name) => name.endsWith('.sh'));
  expect(scripts.length).toBeGreaterThan(1);
  for (const name of scripts) {
    expect(read('findings/README.md')).toContain(`(${name})`);
    expect(read(`findings/${name}`)).toMatch(/^#!\/usr\/bin\/env bash\n/);
  }
});
