import { createContext, useContext } from 'react';
import { Button } from 'react-aria-components';
import type { Citation } from '../../../workflows/contracts/minutes.ts';
import { clockTime } from '../shell/formats.ts';
import { useWording } from '../shell/language.tsx';

/** Goes to the words that a statement cites. */
export const CitationContext = createContext<(citation: Citation) => void>(() => undefined);

/** A statement's source as a chip with its time: press to hear it. */
export function CitationChip({ citation }: { readonly citation: Citation }) {
  const { m } = useWording();
  const goTo = useContext(CitationContext);
  const { start, quote } = citation;
  const time = start === null ? m.source : clockTime(start);
  return (
    <Button
      className="chip"
      aria-label={start === null ? m.showSource(quote) : m.hearAt(time, quote)}
      onPress={() => goTo(citation)}
    >
      <span title={quote}>{time}</span>
    </Button>
  );
}
