/** What the test uses. The package's own types import files without extensions, which Node's rules do not resolve. */
declare module 'media-captions' {
  interface Cue {
    readonly startTime: number;
    readonly endTime: number;
    readonly text: string;
  }
  export type VTTNode =
    | { readonly type: 'text'; readonly data: string }
    | { readonly type: 'v'; readonly voice: string; readonly children: readonly VTTNode[] }
    | { readonly type: 'b' | 'i'; readonly children: readonly VTTNode[] };
  export function parseText(
    text: string,
    options: { readonly type: 'vtt' | 'srt'; readonly errors: boolean; readonly strict: boolean },
  ): Promise<{ readonly cues: readonly Cue[]; readonly errors: readonly unknown[] }>;
  export function tokenizeVTTCue(cue: Cue): readonly VTTNode[];
}
