import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseText, tokenizeVTTCue, type VTTNode } from 'media-captions';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { renderSrt, renderVtt } from '../../../../activities/minutes/render/subtitles.ts';
import { parseLocalConfig } from '../../../../local/config.ts';
import { provideVirtualEnvironment } from '../../../../local/provision/python-venv.ts';
import type { Transcript } from '../../../../workflows/contracts/transcript.ts';

/**
 * What others read in our subtitles: Chromium; ffmpeg, which also converts one format to the other; media-captions, which
 * players on the web use; and webvtt-py, which programs in Python use.
 */

const TEXTS = [
  'costs < 5 & profit > 3',
  'a --> b',
  '00:00:01.000 --> 00:00:02.000',
  '<i>not slanted</i> <00:00:01.500> <v Eve>',
  '&lt; &amp; &nbsp; &#60;',
  'R&D; AT&T {\\an8}up',
  'C:\\new\\host {{name}} }{',
  'NOTE nothing',
  '7',
  'STYLE',
  '&copy; &hearts &amp &lt5 &#x3c; &#39;',
  '如果 a<b 且 c>d，那么 & 就行',
];

const transcript: Transcript = {
  schemaVersion: 1,
  language: 'en',
  durationSeconds: 100,
  segments: TEXTS.map(segmentOf),
};

function segmentOf(text: string, index: number): Transcript['segments'][number] {
  const start = index * 2;
  return { id: `s${index + 1}`, start, end: start + 1.5, speaker: null, language: 'en', text };
}

let folder: string;
let browser: Browser;
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
  folder = await mkdtemp(join(tmpdir(), 'hansard-subtitles-'));
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium', // Debian's package
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'],
  });
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

interface ShownCue {
  readonly id: string;
  readonly voice: string | null;
  readonly text: string;
}

/** The cues of a `<track>` as Chromium shows them. */
async function shownByChromium(vtt: string): Promise<readonly ShownCue[]> {
  const page = await browser.newPage();
  try {
    return await page.evaluate<readonly ShownCue[]>(`(${READ_TRACK})(${JSON.stringify(vtt)})`);
  } finally {
    await page.close();
  }
}

/** Runs in the page. */
const READ_TRACK = `async (vtt) => {
  const element = document.createElement('track');
  const loaded = new Promise((resolve, reject) => {
    element.addEventListener('load', resolve);
    element.addEventListener('error', () => reject(new Error('the track was not read')));
  });
  element.src = URL.createObjectURL(new Blob([vtt], { type: 'text/vtt' }));
  const video = document.createElement('video');
  video.append(element);
  document.body.append(video);
  element.track.mode = 'showing';
  await loaded;
  return [...element.track.cues].map((cue) => {
    const shown = cue.getCueAsHTML();
    const voice = shown.querySelector('span')?.title ?? null;
    return { id: cue.id, voice, text: shown.textContent.replaceAll('\\n', ' ') };
  });
}`;

async function convert(content: string, from: 'vtt' | 'srt', to: 'vtt' | 'srt'): Promise<string> {
  const [input, output] = [join(folder, `in.${from}`), join(folder, `out.${to}`)];
  await writeFile(input, content);
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-y', '-i', input, output]);
  return await readFile(output, 'utf8');
}

/** Characters that we replace by ones that look alike, because a player would take them for markup. */
const plain = (text: string): string =>
  text
    .replaceAll('‹', '<')
    .replaceAll('›', '>')
    .replaceAll('⧵', '\\')
    .replaceAll('＆', '&')
    .replaceAll('｛', '{')
    .replaceAll('｝', '}');

test('Chromium shows every character of the WebVTT', async () => {
  const cues = await shownByChromium(renderVtt(transcript));
  expect(cues.map(({ text }) => plain(text))).toEqual(TEXTS);
  expect(cues[0]).toEqual({ id: 's1', voice: null, text: 'costs < 5 & profit > 3' });
});

test('Chromium shows the names of speakers as they are', async () => {
  const segments = ['Tom & <Ann>', 'Ann --', 'A &lt; B'].map((speaker, index) => ({
    ...segmentOf(TEXTS[0] ?? '', index),
    speaker,
  }));
  const cues = await shownByChromium(renderVtt({ ...transcript, segments }));
  expect(cues.map(({ voice }) => voice?.trim())).toEqual(segments.map(({ speaker }) => speaker));
  expect(cues.map(({ text }) => text)).toEqual(segments.map(({ text }) => text));
});

/** What another library reads of a cue; times are seconds. */
interface ReadCue {
  readonly start: number;
  readonly end: number;
  readonly voice: string | null;
  readonly text: string;
}

const SPEAKER = 'Tom & <Ann> --';
const spoken: Transcript = {
  ...transcript,
  segments: transcript.segments.map((segment, index) => ({
    ...segment,
    speaker: index % 2 === 0 ? SPEAKER : null,
  })),
};

/** SubRip has no voices: the name stands before the text. */
const expected = (format: 'vtt' | 'srt'): ReadCue[] =>
  spoken.segments.map(({ start, end, speaker, text }) => ({
    start: start ?? NaN,
    end: end ?? NaN,
    voice: format === 'vtt' ? speaker : null,
    text: format === 'vtt' || speaker === null ? text : `${speaker}: ${text}`,
  }));

const onOneLine = (cue: ReadCue): ReadCue => ({
  ...cue,
  voice: cue.voice?.trim() ?? null,
  text: plain(cue.text.replaceAll('\n', ' ')),
});

async function readByMediaCaptions(content: string, type: 'vtt' | 'srt'): Promise<ReadCue[]> {
  const { cues, errors } = await parseText(content, { type, errors: true, strict: type === 'vtt' });
  expect(errors).toEqual([]);
  return cues.map((cue) => {
    const nodes = tokenizeVTTCue(cue);
    const [first] = nodes;
    return {
      start: cue.startTime,
      end: cue.endTime,
      voice: first?.type === 'v' ? first.voice : null,
      text: nodes.map(textOf).join(''),
    };
  });
}

const textOf = (node: VTTNode): string =>
  node.type === 'text' ? node.data : node.children.map(textOf).join('');

test.each(['vtt', 'srt'] as const)(
  'media-captions reads every character of the %s',
  async (format) => {
    const written = { vtt: renderVtt, srt: renderSrt }[format](spoken);
    const cues = await readByMediaCaptions(written, format);
    expect(cues.map(onOneLine)).toEqual(expected(format));
  },
);

/** Cues as they are written; ffmpeg writes `<` and `&` as they are in both formats. */
const cuesOf = (subtitles: string): Omit<ReadCue, 'voice'>[] =>
  Array.from(
    subtitles.matchAll(/^([\d:.,]+) --> ([\d:.,]+)\n([^]*?)(?=\n\n|\n*$(?![^]))/gm),
    ([, start = '', end = '', text = '']) => ({
      start: secondsOf(start.replace(',', '.')),
      end: secondsOf(end.replace(',', '.')),
      text: plain(text.replaceAll('\n', ' ')),
    }),
  );

/**
 * ffmpeg knows no voices of WebVTT: it drops `<v Anna>`, and of a name with `&` or `<` it leaves that character in the text.
 * So what it made of WebVTT has no names; SubRip has them in the text. It has no escapes for its own SubRip, either: of a
 * WebVTT there and back, a text with `<` or an arrow loses what looks like a tag or a line of times.
 */
test.each([
  ['vtt', 'srt', ''],
  ['srt', 'vtt', 'Łukasz Wróbel: '],
] as const)(
  'ffmpeg turns %s into %s and back, and keeps every time and every word',
  async (format, other, name) => {
    const segments = transcript.segments.map((segment, index) => ({
      ...segment,
      speaker: index % 2 === 0 ? 'Łukasz Wróbel' : null,
    }));
    const written = { vtt: renderVtt, srt: renderSrt }[format]({ ...transcript, segments });
    const there = await convert(written, format, other);
    const back = await convert(there, other, format);
    const whole = segments.map(({ start, end, speaker, text }) => ({
      start,
      end,
      text: `${speaker === null ? '' : name}${text}`,
    }));
    expect(cuesOf(there)).toEqual(whole);
    const isKept = ({ text }: { text: string }) => format === 'srt' || !/<|-->/.test(text);
    expect(cuesOf(back).filter(isKept)).toEqual(whole.filter(isKept));
    expect(whole.filter(isKept).length).toBeGreaterThanOrEqual(7);
  },
);

const captionsSchema = z.array(
  z.tuple([z.string(), z.string(), z.string().nullable(), z.string()]),
);

/** webvtt-py leaves the escapes of WebVTT as they are; its users call `html.unescape`. */
const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

const secondsOf = (clock: string): number =>
  clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

test.each(['vtt', 'srt'] as const)('webvtt-py reads every character of the %s', async (format) => {
  const path = join(folder, `read.${format}`);
  await writeFile(path, { vtt: renderVtt, srt: renderSrt }[format](spoken));
  const script = join(import.meta.dirname, 'webvtt_reader.py');
  const { stdout } = await promisify(execFile)(python, [script, path]);
  const decoded = (text: string): string => (format === 'vtt' ? unescaped(text) : text);
  const cues = captionsSchema.parse(JSON.parse(stdout)).map(([start, end, voice, text]) => ({
    start: secondsOf(start),
    end: secondsOf(end),
    voice: voice === null ? null : decoded(voice),
    text: decoded(text),
  }));
  expect(cues.map(onOneLine)).toEqual(expected(format));
});
