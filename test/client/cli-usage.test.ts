import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hansard, hansardInside, SAMPLE } from './cli-child.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hansard-usage-'));
  await writeFile(join(folder, 'empty.wav'), '');
  await writeFile(join(folder, 'notes.odt'), 'no sound at all');
  const section = '  - { titel: Risks, title: Risks, instruction: What may go wrong. }';
  await writeFile(join(folder, 'weekly.yaml'), `name: Weekly\nsections:\n${section}\n`);
  execFileSync('tar', ['-cf', join(folder, 'parts.tar'), '-C', dirname(SAMPLE), basename(SAMPLE)]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const VERSION = /: --version takes the number of a version, such as 1$/m;

/** Bad usage and bad input are told before any service is looked for: none is configured here. */
test.each([
  ['an unknown option', ['list', '--colour'], /unknown option '--colour'/],
  ['an unknown command', ['lst'], /unknown command 'lst'.*Did you mean list/],
  ['a missing argument', ['submit'], /missing required argument 'file'/],
  ['a missing folder', ['result', 'aaaaaaaa'], /'--out <dir>' not specified/],
  ['a day that does not exist', ['submit', SAMPLE, '--date', '2026-02-30'], /--date.*YYYY-MM-DD/],
  [
    'a language that no model knows',
    ['submit', SAMPLE, '--language', 'ga'],
    /--language "ga" is no language/,
  ],
  ['a bad tenant', ['submit', SAMPLE, '--tenant', 'Ann Lee'], /--tenant.*a-z/],
  ['an unknown format', ['result', 'aaaaaaaa', '--out', 'x', '--format', 'odt'], /odt.*md, json/],
  ['too short an id', ['status', 'abc'], /"abc" is not a job id.*26 characters/],
  ['a bad version', ['explain', 'aaaaaaaa', 'd1', '--version', '0'], /--version takes the number/],
  ['a version in words', ['edit', 'aaaaaaaa', 'x.json', '--version', 'two'], VERSION],
  ['a negative version', ['edit', 'aaaaaaaa', 'x.json', '--version', '-1'], VERSION],
  ['a bad version of files', ['result', 'aaaaaaaa', '--out', 'x', '--version', 'two'], VERSION],
  [
    'an empty remark',
    ['return', 'aaaaaaaa', ' ', '--version', '1'],
    /^hansard: the remark is empty$/m,
  ],
  [
    'a name that is empty',
    ['approve', 'aaaaaaaa', '--version', '1', '--by', ''],
    /^hansard: --by is empty$/m,
  ],
  [
    'a speaker who is none',
    ['rename-speaker', 'aaaaaaaa', 'Bob', 'Bob'],
    /: the speaker is not the id of a speaker, such as S1$/m,
  ],
  [
    'a return without a remark',
    ['return', 'aaaaaaaa'],
    /missing required argument 'remark', such as: .* return ID "[^"]+" --version 2$/m,
  ],
  [
    'a language to write in that no model knows',
    ['resummarize', 'aaaaaaaa', '--language', 'xx'],
    /Leave it out, and the minutes keep their language$/m,
  ],
  ['a bad limit', ['list', '--limit', '0'], /--limit.*1 to 1000/],
  ['a search for no word', ['list', '--search', '，。 -->'], /--search takes words/],
  ['a long search', ['list', '--search', 'a'.repeat(201)], /--search takes up to 200 characters/],
  ['a bad window', ['warm', 'apply', '--hours', '20-7'], /--hours.*7-20/],
  ['a bad role', ['models', 'check', '--role', 'dance'], /--role "dance".*transcribe/],
  ['a missing file', ['submit', 'missing.wav'], /missing\.wav does not exist/],
  [
    'what is piped in',
    ['submit', '/dev/stdin'],
    /stdin is not a file\. Save the recording to a file/,
  ],
  [
    'several files that may be one meeting',
    ['submit', 'part2.m4a', 'part1.m4a'],
    /2 files were given: with --join they are one, in this order; otherwise submit each/,
  ],
  [
    'a missing file among others',
    ['submit', SAMPLE, 'missing.wav', SAMPLE, '--join'],
    /missing\.wav does not exist/,
  ],
  [
    'a file without sound among others',
    ['submit', SAMPLE, 'notes.odt', '--join'],
    /notes\.odt contains no sound/,
  ],
  [
    'a template that nobody knows',
    ['submit', SAMPLE, '--template', 'bord'],
    /--template "bord" is no template and no file: it takes standard, stand-up, board,/,
  ],
  [
    'a template with a misspelt key',
    ['submit', SAMPLE, '--template', 'weekly.yaml'],
    /weekly\.yaml: line 3: sections\[0\]: titel is not known here\. Known: title, instruction, like/,
  ],
  ['an archive', ['submit', 'parts.tar'], /parts\.tar is an archive\. Unpack it.*--join/],
  ['too many files', ['submit', '--join', ...Array<string>(101).fill(SAMPLE)], /at most 100 files/],
  ['an empty file', ['submit', 'empty.wav'], /empty\.wav is empty/],
  ['a file without sound', ['submit', 'notes.odt'], /notes\.odt contains no sound/],
])('%s exits 2 with one line that names it', async (_, args, message) => {
  const { code, stdout, stderr } = await hansardInside(args, { env: { INIT_CWD: folder } });
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

test.each([
  ['usage', ['list', '--colour'], /^hansard: [^\n]*unknown option '--colour'[^\n]*\n$/],
  ['input', ['submit', 'empty.wav'], /^hansard: .*empty\.wav is empty[^\n]*\n$/],
])('the process of bad %s ends so, too', async (_, args, stderr) => {
  const ended = await hansard(args, { env: { INIT_CWD: folder } });
  expect(ended).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(stderr) });
});

/** A WAV of silence that takes no room on the disk, and 1000 bytes a second: all of it is looked through. */
async function silence(name: string, seconds: number): Promise<string> {
  const path = join(folder, name);
  const source = ['-f', 'lavfi', '-i', 'anullsrc=r=1000:cl=mono', '-t', '0', '-c:a', 'pcm_u8'];
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', ...source, '-fflags', 'bitexact', path]);
  const header = await readFile(path);
  const bytes = seconds * 1_000;
  header.writeUInt32LE(header.length - 8 + bytes, 4);
  header.writeUInt32LE(bytes, header.length - 4);
  await writeFile(path, header);
  await truncate(path, header.length + bytes);
  return path;
}

test('a recording that is too long exits 2', async () => {
  const { code, stderr } = await hansardInside(['submit', await silence('long.wav', 86_500)]);
  expect(stderr).toMatch(/long\.wav lasts 24\.03 hours; the limit is 24\.02 hours/);
  expect(code).toBe(2);
});

test('files that are too long only together exit 2', async () => {
  const path = await silence('half.wav', 43_250);
  const { code, stderr } = await hansardInside(['submit', path, path, '--join']);
  expect(stderr).toMatch(/the 2 files last 24\.03 hours together; the limit is 24\.02 hours/);
  expect(code).toBe(2);
});

test('a file is looked for where the user stands', async () => {
  const { stderr } = await hansardInside(['submit', 'nothing.wav'], { env: { INIT_CWD: folder } });
  expect(stderr).toContain(join(folder, 'nothing.wav'));
});

test('help lists the commands there are and exits 0; no command at all exits 2', async () => {
  const { code, stdout } = await hansard(['--help']);
  expect(code).toBe(0);
  const commands = [...stdout.matchAll(/^ {2}([a-z-]+) .*$/gm)].map(([, name]) => name);
  expect(commands.join(' ')).toBe(
    'submit watch status list result explain versions rename-speaker join-speakers edit resummarize approve return delegate cancel retry models warm sweep keys migrate doctor help',
  );
  expect((await hansard([])).code).toBe(2);
});
