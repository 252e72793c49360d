/** How many tokens a text has for one model. Pure and synchronous once it is there. */
export interface TokenCounter {
  /** Without the marks that a chat template puts around messages. Never throws. */
  readonly count: (text: string) => number;
  /** `estimate`: an upper one; the others are exact but for a few tokens where a long text is counted in slices. */
  readonly source: 'bundled' | 'hub' | 'estimate';
  /** Which tokenizer: a family of ours, a repository of the hub, or `estimate`. */
  readonly name: string;
}

export interface TokenCounters {
  /**
   * The counter of a model, as `hansard.yaml` names it; `tokenizer` is the hub repository that it says instead, or
   * null. Never rejects: where the tokenizer can't be had, the counter estimates.
   */
  readonly counterFor: (model: string, tokenizer: string | null) => Promise<TokenCounter>;
}

/** What no target of the chain counts higher. */
export const hungriest =
  (counters: readonly TokenCounter[]) =>
  (text: string): number =>
    Math.max(0, ...counters.map(({ count }) => count(text)));
