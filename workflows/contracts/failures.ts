/** Types of Temporal application failures. Match on these, never on messages. */
export const FAILURES = {
  // Verdicts that Temporal retries, on the same target.
  Transient: 'Transient',
  BadReply: 'BadReply',
  RateLimited: 'RateLimited',
  ModelLoading: 'ModelLoading',
  /** The gate of the target is closed for a while: nothing was sent. */
  TargetClosed: 'TargetClosed',
  /** Another token of the pool is tried. */
  NextToken: 'NextToken',
  /** Another worker holds the claim on the same call: wait for its answer instead of paying again. */
  CallInFlight: 'CallInFlight',

  // Verdicts that end the tries on this target. `details[0]` is a `TargetFailure`.
  /** Patience or attempts on this target are used up. */
  TargetExhausted: 'TargetExhausted',
  /** The tries of one item are used up on a target that answers others well: the item is asked elsewhere. */
  ItemExhausted: 'ItemExhausted',
  ModelNotFound: 'ModelNotFound',
  Unauthorized: 'Unauthorized',
  OutOfCredit: 'OutOfCredit',
  TooLarge: 'TooLarge',
  /** The Inference Endpoint behind the target must be woken through the management API first. */
  EndpointAsleep: 'EndpointAsleep',
  /** The provider refuses this very input; no other target is asked. */
  BadRequest: 'BadRequest',

  // The job's own.
  NoSpeech: 'NoSpeech',
  UnreadableAudio: 'UnreadableAudio',
  /** Not one chunk could be transcribed. */
  TranscriptionFailed: 'TranscriptionFailed',
  /** No target of a role that the job cannot do without is configured. */
  NoTarget: 'NoTarget',
  /** Something that this job wrote earlier is not where it must be. */
  MissingObject: 'MissingObject',

  // A job without a run that could say why it ended.
  /** Its client wrote the row, and no workflow was started. */
  NotStarted: 'NotStarted',
  /** Its workflow was terminated. */
  Terminated: 'Terminated',
  /** Its workflow was terminated, and the sweep closed its row. */
  Abandoned: 'Abandoned',
} as const;
export type FailureType = (typeof FAILURES)[keyof typeof FAILURES];
