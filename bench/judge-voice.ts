/** Of one recording, in seconds: how much of its speech is never sent, and how much is sent that is no speech. */
export interface VoiceFigures {
  /** Reference speech; 0: nobody speaks. */
  readonly speech: number;
  readonly before: { readonly missed: number; readonly needless: number };
  readonly now: { readonly missed: number; readonly needless: number };
}

/** At most this share of a recording's speech is never sent. */
const PROMISED_MISSED = 0.01;
/** Of conversations together, against the earlier build. */
const PROMISED_SENT = 1.1;
/** Cuts lie on blocks of the detector: a smaller difference is none. */
const SAME_SECONDS = 0.1;

/** Names each broken promise of one recording; none: all are kept. */
export function voiceFaults({ speech, before, now }: VoiceFigures): readonly string[] {
  return [
    ...(now.missed > PROMISED_MISSED * speech ? ['more than 1 % missed'] : []),
    ...(now.missed > before.missed + SAME_SECONDS ? ['more missed than before'] : []),
    // Where somebody speaks, more may be sent so that less is missed: conversations are judged together.
    ...(speech === 0 && now.needless > before.needless + SAME_SECONDS
      ? ['more sent than before, and nobody speaks']
      : []),
  ];
}

/** How much is sent of these conversations, in seconds, by the earlier build and by this one. */
export function sentTogether(conversations: readonly VoiceFigures[]) {
  const total = (of: 'before' | 'now'): number =>
    conversations.reduce((sum, one) => sum + one.speech - one[of].missed + one[of].needless, 0);
  const [before, now] = [total('before'), total('now')];
  return {
    before,
    now,
    ratio: now / before,
    promised: PROMISED_SENT,
    isKept: now <= PROMISED_SENT * before,
  };
}
