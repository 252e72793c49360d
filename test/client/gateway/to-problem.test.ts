import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { wordsOf } from '../../../client/gateway/http-words.ts';
import { toProblem } from '../../../client/gateway/to-problem.ts';

const errorNamed = (name: string, message = 'words'): Error =>
  Object.assign(new Error(message), { name });

test('every error that a job is refused with has an answer of its own', () => {
  const folder = join(import.meta.dirname, '../../../client/jobs');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => [...readFileSync(join(folder, path), 'utf8').matchAll(NAME)])
    .map(([, name]) => String(name));
  expect(names).toContain('NoSuchFileError');
  const unanswered = names.filter((name) => toProblem(errorNamed(name)) === null);
  expect(unanswered).toEqual(['WatchInterruptedError']);
});

const NAME = /override readonly name = '(\w+)'/g;

test.each([
  ['NoSuchFileError', 'file_not_found'],
  ['NoSuchVersionError', 'version_not_found'],
  ['VersionOutdatedError', 'version_outdated'],
  ['NothingToCancelError', 'nothing_to_cancel'],
  ['RevisionStoppedError', 'revision_stopped'],
  ['NoAnswerError', 'timed_out'],
])('%s: %s, in its own words', (name, code) => {
  expect(toProblem(errorNamed(name))).toMatchObject({ code, detail: 'words' });
});

test.each([
  ['--title takes 1 to 200 characters', 'title takes 1 to 200 characters'],
  ['npm run -s hansard -- list shows them', 'GET /api/jobs shows them'],
  ['--approver needs --approve', 'approver needs approve'],
  [
    'job abc has the versions 1; npm run -s hansard -- versions abc says what each is',
    'job abc has the versions 1; GET /api/jobs/abc/versions says what each is',
  ],
  [
    'read it with npm run -s hansard -- result abc --out DIR',
    'read it with GET /api/jobs/abc/exports',
  ],
  ['or stop it with npm run -s hansard -- cancel abc', 'or stop it with POST /api/jobs/abc/cancel'],
  ['follow it with npm run -s hansard -- watch abc', 'follow it with GET /api/jobs/abc/events'],
  ['try npm run -s hansard -- retry abc', 'try POST /api/jobs/abc/retry'],
])('"%s" of the command line is "%s" over HTTP', (message, detail) => {
  expect(toProblem(errorNamed('InvalidOptionError', message))).toMatchObject({ detail });
});

test.each([
  [{}, 'is missing: it takes a number'],
  [{ n: 'many' }, 'takes a number'],
  [{ n: 0 }, 'takes 1 or more'],
  [{ n: 9 }, 'takes 5 at most'],
  [{ n: 1, s: 'long' }, 'takes 3 characters at most'],
  [{ n: 1, o: 'x' }, 'takes one of "a", "b"'],
  [{ n: 1, m: 1 }, 'there is nothing of this name: "m"'],
])('%j: %s', (query, detail) => {
  const schema = z.strictObject({
    n: z.number().min(1).max(5),
    s: z.string().max(3).optional(),
    o: z.enum(['a', 'b']).optional(),
  });
  const check = validatorCompiler({ schema, method: 'GET', url: '/', httpPart: 'querystring' });
  const { error } = check(query) as { error: unknown };
  const problem = toProblem({ validation: error, validationContext: 'querystring' });
  expect(problem).toMatchObject({ code: 'invalid_request', errors: [{ detail }] });
});

test('the command line is told in its own words, also what a tenant has not', () => {
  const message = 'tenant ann has no job x: npm run -s hansard -- list shows its jobs';
  const error = errorNamed('JobNotFoundError', message);
  expect(toProblem(error, wordsOf('words=command-line'))?.detail).toBe(message);
  expect(toProblem(error, wordsOf('respond-async'))?.detail).toContain('GET /api/jobs');
});
