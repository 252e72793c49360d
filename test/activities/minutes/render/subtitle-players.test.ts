import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderSrt, renderVtt } from '../../../../activities/minutes/render/subtitles.ts';
import type { Transcript } from '../../../../workflows/contracts/transcript.ts';

/** What players read in our subtitles: Chromium, and ffmpeg, which also converts one format to the other. */

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
beforeAll(async () => {
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

/** Without numbers, times and empty lines. */
const textsOf = (subtitles: string): string[] =>
  subtitles
    .trim()
    .split(/\n\n+/)
    .filter((block) => /^(?:\d\d:)?\d\d:\d\d[.,]\d{3} --> /m.test(block))
    .map((block) => block.replace(/^[^]*?\d --> .*\n/, '').replaceAll('\n', ' '));

/** Characters that we replace by ones that look alike, because a player would take them for markup. */
const plain = (text: string): string =>
  text
    .replaceAll('‹', '<')
    .replaceAll('›', '>')
    .replaceAll('⧵', '\\')
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

test.each(['vtt', 'srt'] as const)('ffmpeg loses nothing of the %s it converts', async (format) => {
  const written = { vtt: renderVtt, srt: renderSrt }[format](transcript);
  const converted = await convert(written, format, format === 'vtt' ? 'srt' : 'vtt');
  expect(textsOf(converted).map(plain)).toEqual(TEXTS);
});
