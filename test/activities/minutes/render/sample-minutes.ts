import type { Minutes } from '../../../../workflows/contracts/minutes.ts';
import type { Transcript } from '../../../../workflows/contracts/transcript.ts';

export const sampleTranscript: Transcript = {
  schemaVersion: 1,
  language: 'en',
  durationSeconds: 123.4,
  segments: [
    segment(1, 0.2, 3.1, 'Good morning, let us plan the release.'),
    segment(
      2,
      3.1,
      9.8,
      'We decided to ship on the first of March, and Anna will write the notes.',
    ),
    segment(3, 61, 64.25, 'Who tests the installer?'),
  ],
};

export const sampleMinutes: Minutes = {
  schemaVersion: 1,
  id: 'abcdefghijklmnopqrstuvwxyz',
  tenant: 'default',
  version: 1,
  title: 'Release planning',
  date: '2026-11-23',
  language: 'en',
  languages: ['en'],
  durationSeconds: 123.4,
  status: 'complete',
  approval: null,
  template: { id: 'standard', version: 1 },
  source: {
    kind: 'recording',
    name: 'planning-meeting.flac',
    sha256: 'a'.repeat(64),
    bytes: 1_843_200,
  },
  engines: {
    transcribe: [engine('whisper-base', 'openai/whisper-base', 'local', 5, null)],
    summarize: [
      engine(
        'extractive-v1',
        'extractive-v1',
        null,
        1,
        'extractive-v1: sentences picked by rules, no language model',
      ),
    ],
    illustrate: [],
    moderate: [],
  },
  coverage: {
    audioSeconds: 123.4,
    transcribedSeconds: 110.2,
    silenceSeconds: 13.2,
    gaps: [],
    transcriptCharacters: 1823,
    summarizedCharacters: 1823,
    sections: 1,
    failedSections: [],
  },
  degradations: [],
  speakers: [],
  summary: 'The release is planned.\n\nIt ships in March.',
  keyPoints: [statement('The release is planned.', 's1', 0.2, 'let us plan the release')],
  decisions: [statement('Ship on the first of March.', 's2', 3.1, 'ship on the first of March')],
  openQuestions: [{ text: 'Who tests the installer?', citations: [], verified: false }],
  actionItems: [
    {
      task: 'Write the release notes',
      owner: 'Anna',
      due: '2026-12-01',
      dueText: 'by the first of December',
      citations: [citation('s2', 3.1, 'Anna will write the notes')],
      verified: true,
    },
    {
      task: 'Test the installer',
      owner: null,
      due: null,
      dueText: 'when there is time',
      citations: [],
      verified: false,
    },
  ],
  sections: [],
  image: null,
  cost: { totalUsd: null, entries: 6, inDoubt: 0 },
};

function segment(index: number, start: number, end: number, text: string) {
  return { id: `s${index}`, start, end, speaker: null, language: 'en', text };
}

function engine(
  target: string,
  model: string,
  provider: string | null,
  items: number,
  label: string | null,
) {
  return { target, model, provider, items, label };
}

function statement(text: string, segmentId: string, start: number, quote: string) {
  return { text, citations: [citation(segmentId, start, quote)], verified: true };
}

function citation(segmentId: string, start: number, quote: string) {
  return { start, end: start + 2, speaker: null, quote, segmentIds: [segmentId] };
}
