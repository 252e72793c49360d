import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseText, tokenizeVTTCue, type VTTNode } from 'media-captions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { readTranscript } from '../../../adapters/transcripts/transcript-file.ts';
import { parseLocalConfig } from '../../../local/config.ts';
import { provideVirtualEnvironment } from '../../../local/provision/python-venv.ts';
import {
  generateTranscript,
  TRANSCRIPT_FORMS,
} from '../../support/meetings/generate-transcript.ts';

/** Long transcripts as files: two other parsers read what ours reads. Lines with names have the generator and a split. */

interface Said {
  readonly speaker: string | null;
  readonly text: string;
}

const NAMES: Readonly<Record<string, string>> = {
  S1: 'Ann Lee',
  S2: '王芳',
  S3: 'Bob van Dyk',
  S4: 'Łukasz B.',
};

const clock = (seconds: number, mark: string): string =>
  new Date(seconds * 1000).toISOString().slice(11, 23).replace('.', mark);

/** A generated transcript with names, and the files that other programs make of such. */
function filesOf(form: (typeof TRANSCRIPT_FORMS)[number], seed: number) {
  const said = generateTranscript(form, seed).segments.map(({ start, end, speaker, text }) => ({
    start: start ?? NaN,
    end: end ?? NaN,
    speaker: NAMES[speaker ?? ''] ?? '',
    text,
  }));
  const cues = (mark: string, words: (one: (typeof said)[number]) => string): string =>
    said
      .map((one, index) => {
        const times = `${clock(one.start, mark)} --> ${clock(one.end, mark)}`;
        return `${index + 1}\n${times}\n${words(one)}\n`;
      })
      .join('\n');
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return {
    said: said.map(({ speaker, text }): Said => ({ speaker, text })),
    txt: said.map(({ speaker, text }) => `${speaker}: ${text}`).join('\n'),
    vtt: `WEBVTT\n\n${cues('.', ({ speaker, text }) => `<v ${speaker}>${escaped(text)}</v>`)}`,
    srt: cues(',', ({ speaker, text }) => `${speaker}: ${text}`),
  };
}

let folder: string;
let python: string;
beforeAll(async () => {
  const { home, overrides } = parseLocalConfig(process.env);
  python = await provideVirtualEnvironment(
    { home, overrides, environment: process.env, log: (line) => process.stderr.write(`${line}\n`) },
    {
      folder: 'webvtt-reader',
      packages: ['webvtt-py==0.6.0'],
      purpose: 'subtitles as Python reads them',
      size: 'about 20 MB',
    },
  );
  folder = await mkdtemp(join(tmpdir(), 'hansard-generated-files-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function readByUs(content: string, name: string): Said[] {
  const read = readTranscript(Buffer.from(content), name);
  if (read.format === 'json') throw new Error('expected turns');
  return read.turns.map(({ speaker, text }) => ({ speaker, text }));
}

const wordsOf = (node: VTTNode): string =>
  node.type === 'text' ? node.data : node.children.map(wordsOf).join('');

async function readByMediaCaptions(content: string, type: 'vtt' | 'srt'): Promise<Said[]> {
  const { cues, errors } = await parseText(content, { type, errors: true, strict: type === 'vtt' });
  expect(errors).toEqual([]);
  return cues.map((cue) => {
    const nodes = tokenizeVTTCue(cue);
    const [first] = nodes;
    return { speaker: first?.type === 'v' ? first.voice : null, text: nodes.map(wordsOf).join('') };
  });
}

const captionsSchema = z.array(
  z.tuple([z.string(), z.string(), z.string().nullable(), z.string()]),
);

async function readByPython(content: string, type: 'vtt' | 'srt'): Promise<Said[]> {
  const path = join(folder, `generated.${type}`);
  await writeFile(path, content);
  const script = join(import.meta.dirname, '../../activities/minutes/render/webvtt_reader.py');
  const limits = { maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(python, [script, path], limits);
  // webvtt-py leaves the escapes of WebVTT as they are.
  return captionsSchema.parse(JSON.parse(stdout)).map(([, , speaker, text]) => ({
    speaker,
    text: type === 'vtt' ? text.replaceAll('&lt;', '<').replaceAll('&amp;', '&') : text,
  }));
}

/** A subtitle of SubRip has no voice: its name stands before the words. */
const splitAtName = ({ text }: Said): Said => {
  const [speaker = '', ...rest] = text.split(': ');
  return { speaker, text: rest.join(': ') };
};

test.each(
  TRANSCRIPT_FORMS.map((form, index) => [form.language, form.length, form.turn, index] as const),
)(
  'a file in %s of %i characters in turns of %i is read as others read it',
  async (language, length, turn, index) => {
    const { said, txt, vtt, srt } = filesOf({ language, length, turn }, index);
    expect(readByUs(vtt, 'a.vtt')).toEqual(said);
    expect(await readByMediaCaptions(vtt, 'vtt')).toEqual(said);
    expect(await readByPython(vtt, 'vtt')).toEqual(said);

    expect(readByUs(srt, 'a.srt')).toEqual(said);
    expect((await readByMediaCaptions(srt, 'srt')).map(splitAtName)).toEqual(said);
    expect((await readByPython(srt, 'srt')).map(splitAtName)).toEqual(said);

    expect(readByUs(txt, 'a.txt')).toEqual(said);
    expect(txt.split('\n').map((text) => splitAtName({ speaker: null, text }))).toEqual(said);
  },
  120_000,
);
