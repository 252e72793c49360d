import { useMemo } from 'react';
import { differentWords } from './words.ts';

/** A changed text: what is gone struck out, what is new underlined; or one of both sides of it. */
export function MarkedWords({
  was,
  is,
  side = 'both',
}: {
  readonly was: string;
  readonly is: string;
  readonly side?: 'both' | 'was' | 'is';
}) {
  const stretches = useMemo(() => differentWords(was, is), [was, is]);
  return stretches.map(({ kind, text }, index) => {
    // The same texts have the same stretches.
    const key = `${index} ${kind}`;
    if (kind === 'same') return <span key={key}>{text}</span>;
    if (kind === 'gone') return side === 'is' ? null : <del key={key}>{text}</del>;
    return side === 'was' ? null : <ins key={key}>{text}</ins>;
  });
}
