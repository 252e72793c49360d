import type { ImageVerdict } from '../../../../workflows/contracts/minutes.ts';
import type { PipelineRole } from '../../../../workflows/contracts/targets.ts';

/** Headings and fixed phrases in English. Every other language has the same ones; counts and times are strings already. */
export const english = {
  locale: 'en-GB',
  minutesOf: (name: string, date: string | null) =>
    `Minutes of ${name}${date === null ? '' : `, ${date}`}`,
  units: { hour: 'h', minute: 'min', second: 's', space: ' ' },

  attendees: 'Attendees',
  speakers: 'Speakers',
  speaker: (number: number) => `Speaker ${number}`,
  spoke: (name: string, time: string) => `${name} (${time})`,
  summary: 'Summary',
  keyPoints: 'Key points',
  decisions: 'Decisions',
  actionItems: 'Action items',
  openQuestions: 'Open questions',
  transcript: 'Transcript',
  about: 'About these minutes',

  task: 'Task',
  owner: 'Owner',
  due: 'Due',
  evidence: 'Said at',
  /** Replaces `evidence` for a transcript without times. */
  source: 'Source',
  noOwner: 'no owner named',
  noDueDate: 'no date named',
  notVerified: 'not verified',
  /** Stands above the statements that are not verified. */
  notFound: 'Not found in the transcript',
  unsupported: 'not borne out by the quote',
  mayBeInvented: 'may be invented',
  noneRecorded: 'None recorded.',
  unwritten: 'Not written: the model left it out.',
  unwrittenByRules:
    'Not written: this takes a language model, and the sentences were picked by rules.',
  noSummary: 'There is no summary.',
  noTranscript: 'There is no transcript.',

  /** The line under the title. */
  glance: {
    complete: 'Complete',
    partial: 'Partial',
    heard: (percent: string, audio: string) => `${percent} % of ${audio} heard`,
    writtenBy: (model: string) => `written by ${model}`,
    picked: 'sentences picked by rules',
    unwritten: 'no summary',
    editedBy: (name: string, day: string, version: number) =>
      `edited by ${name} on ${day} (version ${version})`,
    draft: (asked: string | null, until: string | null) =>
      until === null
        ? 'draft: not approved'
        : `draft: waits for approval${asked === null ? '' : ` by ${asked}`} until ${until}`,
    returnedBy: (name: string, day: string) => `draft: returned by ${name} on ${day}`,
    approvedBy: (name: string, day: string, version: number) =>
      `approved by ${name} on ${day} (version ${version})`,
    /** The same at the head of every page. */
    states: {
      draft: 'draft',
      returned: 'returned',
      approved: (version: number) => `approved (version ${version})`,
    },
    /** Quotes were found, and bear the statement out. */
    verified: (verified: number, all: number) => `${verified} of ${all} statements verified`,
  },
  partial: 'These minutes are partial',
  degraded: 'Something did not go as planned',
  notTranscribed: (span: string, reason: string) => `Not transcribed: ${span} (${reason})`,
  notSummarised: (span: string, reason: string) => `Not summarised: ${span} (${reason})`,
  cut: 'The end of the recording is missing from the file',
  lengthDiffers: (stated: string, heard: string, leapsAt: string | null) =>
    `The file says that the recording lasts ${stated}, and ${heard} were heard${leapsAt === null ? '' : `: its clock leaps at ${leapsAt}`}`,
  inventedAt: (spans: string) => `Some words may be invented, from music or noise: ${spans}`,
  /** U+FFFD stands for them, in the PDF only. */
  notInFonts:
    'Some characters have no font in this file and are shown as �; the other files have them.',
  timeUnknown: 'time not known',
  work: {
    transcribe: 'Transcript',
    diarize: 'Speakers',
    summarize: 'Summary',
    illustrate: 'Illustration',
    moderate: 'Safety check of the illustration',
  } satisfies Record<PipelineRole, string>,
  fallback: (target: string) => `made by ${target} instead of the first choice`,
  earlier: (target: string) => `an earlier answer of ${target} was used`,
  simplified: 'made in a simpler form',
  /** Replaces `simplified` for a summary. */
  extractive: 'sentences picked by rules, no language model',
  missing: {
    transcribe: 'a part could not be transcribed',
    diarize: 'they were not told apart',
    summarize: 'there is none',
    illustrate: 'there is none',
    moderate: 'could not be made, so the illustration is held for review',
  } satisfies Record<PipelineRole, string>,
  /** Separates a name from the statement about it. */
  colon: ': ',
  separators: {
    /** Between the members of a list. */
    list: ', ',
    /** The same where one of them contains the usual mark. */
    clear: '; ',
    /** Between facts that stand in one line. */
    facts: ' · ',
  },
  /** Joins what happened, why and when; `reason` and `spans` may be empty. */
  because: (what: string, reason: string, spans: string) =>
    `${what}${reason && ` (${reason})`}${spans && `, ${spans}`}`,
  /** By verdict kind or failure type. */
  reasons: {
    transient: 'the service could not be reached',
    provider_bug: 'the service answered with nonsense',
    closed: 'the service was left alone after failures',
    rate_limited: 'the service asked us to wait for too long',
    loading: 'the model did not load in time',
    not_served: 'the model is not served',
    auth: 'the service refused our credentials',
    billing: 'the account is out of credit',
    too_large: 'the piece is too large for the model',
    template_too_long: 'the template leaves no room for the transcript in the context of the model',
    input: 'the service refused the piece',
    exhausted: 'the service failed again and again',
    in_flight: 'the same call was still running elsewhere',
    no_target: 'no model is configured for it',
    damaged: 'the recording is damaged',
    unreadable: 'the audio could not be read',
    no_speech: 'no speech was found',
    missing_object: 'a stored part is missing',
    earlier_prompt: 'an earlier answer, asked for in other words, stands in',
    stored: 'its answer was held from an earlier job',
    no_words: 'no word was understood',
    failed: 'it could not be made',
    error: 'an error in the program',
  },

  /** Controls of the page. */
  page: { search: 'Search', previous: 'previous match', next: 'next match' },

  coverage: 'Coverage',
  coverageOfAudio: (of: Strings<'percent' | 'audio' | 'speech' | 'silence'>) =>
    `${of.percent} % of ${of.audio} of audio (speech ${of.speech}, silence ${of.silence})`,
  inSilence: (spans: string) => `Heard without a voice, and not sent: ${spans}`,
  untimed: (time: string) =>
    `${time} of speech were answered without times: whether all of it has words is not known`,
  coverageOfText: (of: Strings<'percent' | 'characters'> & { readonly sections: number }) =>
    `${of.percent} % of ${of.characters} characters summarised in ${of.sections} ${of.sections === 1 ? 'section' : 'sections'}`,
  engines: 'Made by',
  /** `label` and `details` may be empty. */
  engine: (by: Strings<'work' | 'target' | 'label' | 'details'> & { readonly items: number }) =>
    `${by.work} by ${by.target}${by.label && `: ${by.label}`} (${by.details && `${by.details}, `}${by.items} ${by.items === 1 ? 'item' : 'items'})`,
  /** What the labels of the local targets say, as `local/hansard.yaml` has them; other labels are the operator's words. */
  labels: {
    whisper: 'Whisper base by faster-whisper on this machine',
    speakers: 'voices told apart on this machine',
    drawing: 'drawn by rules from the prompt, no model',
    nsfwjs: 'NSFWJS on this machine',
  },
  recording: 'Recording',
  file: (name: string, size: string) => `${name}, ${size}`,
  sound: (tracks: number, silent: number, copies: number) =>
    `Tracks heard: ${tracks}; channels left out: ${silent} silent, ${copies} copies`,
  document: 'Document',
  documentFacts: (of: Strings<'id' | 'template'> & { readonly version: number }) =>
    `${of.id}, version ${of.version}, template ${of.template}`,
  calls: 'Calls to models',
  callFacts: (entries: number, inDoubt: number) =>
    `${entries} in the ledger${inDoubt === 0 ? '' : `, ${inDoubt} of them in doubt`}`,
  statements: 'Statements',
  unverifiedCount: (unverified: number, all: number) =>
    unverified === 0
      ? `all ${all} found in the transcript`
      : `${unverified} of ${all} not found in the transcript and marked so`,
  unsupportedCount: (unsupported: number, all: number) =>
    `${unsupported} of ${all} not borne out by the quote and marked so`,

  picture: {
    safe: 'Illustration',
    held: 'Illustration held for review',
    blocked: 'Illustration blocked by the safety check',
  } satisfies Record<ImageVerdict, string>,
  pictureBy: (model: string) => `Generated by ${model}; it shows nothing that happened.`,
};

export type Wording = typeof english;

type Strings<K extends string> = Readonly<Record<K, string>>;
