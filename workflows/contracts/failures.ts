/** Temporal retries these on the same target, for as long as its policy lasts. */
export const RETRIED_FAILURES = {
  Transient: 'Transient',
  BadReply: 'BadReply',
  RateLimited: 'RateLimited',
  ModelLoading: 'ModelLoading',
  /** The gate of the target is closed for a while: nothing was sent. */
  TargetClosed: 'TargetClosed',
  /** The target has another API token: the retry uses it. */
  NextToken: 'NextToken',
} as const;

/** These end the tries of an item on a target. */
export const FINAL_FAILURES = {
  /** The target failed too often or for too long. */
  TargetExhausted: 'TargetExhausted',
  /** The target failed too often for this item, and answers other items: only this item goes to another target. */
  ItemExhausted: 'ItemExhausted',
  ModelNotFound: 'ModelNotFound',
  /** No worker takes calls to the target from its queue: it was renamed or removed, or its workers are away. */
  NotServedHere: 'NotServedHere',
  Unauthorized: 'Unauthorized',
  OutOfCredit: 'OutOfCredit',
  TooLarge: 'TooLarge',
  /** The Inference Endpoint behind the target must be woken through the management API first. */
  EndpointAsleep: 'EndpointAsleep',
  /** The provider refuses this input: no other target is asked. */
  BadRequest: 'BadRequest',
} as const;

/** Names of errors of our own code: the next try would fail in the same way. */
export const OWN_ERRORS: readonly string[] = [
  'ZodError',
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
];

/** Types of failures, as Temporal and the rows of jobs hold them. Match on these, never on messages. */
export const FAILURES = {
  ...RETRIED_FAILURES,
  ...FINAL_FAILURES,
  /** Another worker has the claim on the same call: wait for its answer instead of paying again. */
  CallInFlight: 'CallInFlight',

  // Failures of the job.
  NoSpeech: 'NoSpeech',
  UnreadableAudio: 'UnreadableAudio',
  UnreadableTranscript: 'UnreadableTranscript',
  /** A full disk, or a program that was ended from outside: tried again. */
  MachineTrouble: 'MachineTrouble',
  /** The input or the result of an activity is longer than what may pass through a workflow: a fault of ours. */
  PayloadTooLarge: 'PayloadTooLarge',
  /** Not one chunk could be transcribed. */
  TranscriptionFailed: 'TranscriptionFailed',
  /** The template leaves no room for the transcript in the context of the summarising targets. */
  TemplateTooLong: 'TemplateTooLong',
  /** No target is configured for a role that the job needs. */
  NoTarget: 'NoTarget',
  /** An object that this job wrote earlier is no longer in the store. */
  MissingObject: 'MissingObject',

  // A job without a run that could say why it ended.
  /** Its client wrote the row, and no workflow was started. */
  NotStarted: 'NotStarted',
  /** Its workflow was terminated. */
  Terminated: 'Terminated',
  /** Its run has ended, and an activity of it went on: a later run has the job. */
  Superseded: 'Superseded',
  /** The minutes that a person wanted to change are no longer the job's result, or do not have what is to be changed. */
  RevisionRefused: 'RevisionRefused',
  /** Its workflow was terminated, and the sweep closed its row. */
  Abandoned: 'Abandoned',
} as const;
export type FailureType = (typeof FAILURES)[keyof typeof FAILURES];

/** Failures of a job that lie in its recording or in our code: a retry would end in the same way. */
export const LASTING_FAILURES: readonly string[] = [
  FAILURES.NoSpeech,
  FAILURES.UnreadableAudio,
  FAILURES.UnreadableTranscript,
  FAILURES.PayloadTooLarge,
];
