import type { ImageVerdict } from '../../../workflows/contracts/minutes.ts';
import type { PipelineRole } from '../../../workflows/contracts/targets.ts';
import { chinese } from './phrases/chinese.ts';
import { english } from './phrases/english.ts';
import { french } from './phrases/french.ts';
import { german } from './phrases/german.ts';
import { spanish } from './phrases/spanish.ts';

/** Headings and fixed phrases of one language. Numbers and times come in already written out. */
export interface Phrases {
  /** ISO 639-1. */
  readonly language: string;
  readonly locale: string;
  readonly minutesOf: (name: string, date: string | null) => string;
  /** `2026-11-24` as people write it. */
  readonly day: (isoDate: string) => string;
  readonly count: (value: number) => string;
  readonly duration: (seconds: number) => string;

  readonly summary: string;
  readonly keyPoints: string;
  readonly decisions: string;
  readonly actionItems: string;
  readonly openQuestions: string;
  readonly transcript: string;
  readonly about: string;

  readonly task: string;
  readonly owner: string;
  readonly due: string;
  readonly evidence: string;
  readonly noOwner: string;
  readonly noDueDate: string;
  readonly notVerified: string;
  readonly noneRecorded: string;
  readonly noSummary: string;
  readonly noTranscript: string;

  readonly partial: string;
  readonly degraded: string;
  readonly notTranscribed: (span: string, reason: string) => string;
  readonly notSummarised: (span: string, reason: string) => string;
  readonly timeUnknown: string;
  readonly work: Readonly<Record<PipelineRole, string>>;
  readonly fallback: (target: string | null) => string;
  readonly earlier: (target: string | null) => string;
  readonly simplified: string;
  /** What `simplified` means for a summary. */
  readonly extractive: string;
  readonly missing: Readonly<Record<PipelineRole, string>>;
  /** Between a name and what is said of it. */
  readonly colon: string;
  /** `what (why), when`: how the three are put together; an empty string where there is nothing to say. */
  readonly because: (what: string, reason: string, spans: string) => string;
  /** By verdict or failure type. */
  readonly reasons: Readonly<Record<string, string>>;

  readonly coverage: string;
  readonly coverageOfAudio: (facts: {
    percent: string;
    audio: string;
    speech: string;
    silence: string;
  }) => string;
  readonly coverageOfText: (facts: {
    percent: string;
    characters: string;
    sections: number;
  }) => string;
  readonly engines: string;
  readonly engine: (facts: {
    work: string;
    target: string;
    /** Empty where there is nothing to say. */
    label: string;
    details: string;
    items: number;
  }) => string;
  readonly recording: string;
  readonly document: string;
  readonly documentFacts: (facts: { id: string; version: number; template: string }) => string;
  readonly calls: string;
  readonly callFacts: (entries: number, inDoubt: number) => string;
  readonly unverifiedCount: (unverified: number, all: number) => string;
  readonly statements: string;

  readonly picture: Readonly<Record<ImageVerdict, string>>;
  readonly pictureBy: (model: string) => string;
}

/** The phrases of a language (ISO 639-1, with or without a region); English where it has none here. */
export function phrasesFor(language: string | null): Phrases {
  const code = language?.toLowerCase().split(/[-_]/)[0];
  return LANGUAGES.find((phrases) => phrases.language === code) ?? english;
}

const LANGUAGES = [english, chinese, german, french, spanish];
