import './transcript.css';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, LocateFixed, Pencil, Search } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Button, Input, SearchField, ToggleButton } from 'react-aria-components';
import type { Segment, Transcript } from '../../../workflows/contracts/transcript.ts';
import { withSegment, type TranscriptDraft } from '../edit/transcript-draft.ts';
import { useWording } from '../shell/language.tsx';
import { usePlayerKeys } from './player.tsx';
import { usePlayed, usePlayer } from './player-context.tsx';
import { segmentAt } from './segment-at.ts';
import { SegmentRow } from './segment-row.tsx';

/** Segments that a citation leads to; every press is a new object. */
export interface Cited {
  readonly segmentIds: readonly string[];
}

/** Every word, in step with the recording. Only what is seen is drawn: there are hours of it. */
export function TranscriptView({
  transcript: { segments, language },
  names,
  cited,
  editing,
}: {
  readonly transcript: Transcript;
  readonly names: ReadonlyMap<string, string>;
  readonly cited: Cited | null;
  /** The corrections so far, and what takes the next one; null: it can only be read. */
  readonly editing: {
    readonly draft: TranscriptDraft;
    readonly onDraft: (draft: TranscriptDraft) => void;
  } | null;
}) {
  const { m } = useWording();
  const { audio, failure } = usePlayer();
  const onKeyDown = usePlayerKeys();
  const scroller = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const [isCorrecting, setCorrecting] = useState(false);
  const [opened, setOpened] = useState<string | null>(null);
  const active = usePlayed(
    ({ currentTime, paused }) =>
      currentTime === 0 && paused ? -1 : segmentAt(segments, currentTime),
    -1,
  );
  const rows = useVirtualizer({
    count: segments.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 72,
    overscan: 8,
    getItemKey: (index) => segments[index]?.id ?? index,
  });
  const show = useCallback(
    (index: number) => {
      if (index >= 0) rows.scrollToIndex(index, { align: 'center' });
    },
    [rows],
  );

  useEffect(() => {
    if (isFollowing) show(active);
  }, [active, isFollowing, show]);
  useEffect(() => {
    if (cited === null) return;
    setFollowing(true);
    show(segments.findIndex(({ id }) => id === cited.segmentIds[0]));
  }, [cited, segments, show]);

  const find = useFind(segments, show, () => setFollowing(false));
  return (
    <section className="transcript" aria-label={m.transcript}>
      <div className="transcript-tools">
        <SearchField
          className="search"
          aria-label={m.findInTranscript}
          value={find.words}
          onChange={find.setWords}
          onSubmit={() => find.go(1)}
        >
          <Search aria-hidden />
          <Input className="input" placeholder={m.findInTranscript} maxLength={200} />
        </SearchField>
        {find.words !== '' && (
          <>
            <span className="faint numbers" role="status">
              {find.place} / {find.count}
            </span>
            <Button className="quiet icon-only" aria-label={m.previous} onPress={() => find.go(-1)}>
              <ArrowUp aria-hidden />
            </Button>
            <Button className="quiet icon-only" aria-label={m.next} onPress={() => find.go(1)}>
              <ArrowDown aria-hidden />
            </Button>
          </>
        )}
        {editing !== null && (
          <ToggleButton
            className="quiet icon-only"
            aria-label={m.correctSegments}
            isSelected={isCorrecting}
            onChange={setCorrecting}
          >
            <Pencil aria-hidden />
          </ToggleButton>
        )}
        {audio !== null && failure === null && (
          <ToggleButton
            className="quiet icon-only"
            aria-label={m.follow}
            isSelected={isFollowing}
            onChange={setFollowing}
          >
            <LocateFixed aria-hidden />
          </ToggleButton>
        )}
      </div>
      <div
        ref={scroller}
        className="transcript-scroll"
        // It scrolls, so the keyboard must reach it.
        tabIndex={0}
        role="group"
        aria-label={m.transcript}
        onKeyDown={onKeyDown}
        onWheel={() => setFollowing(false)}
        onTouchMove={() => setFollowing(false)}
      >
        <ol
          className="segments"
          lang={language ?? undefined}
          style={{ blockSize: rows.getTotalSize() }}
        >
          {rows.getVirtualItems().map(({ index, start, key }) => {
            const segment = segments[index];
            if (segment === undefined) return null;
            const before = segments[index - 1];
            return (
              <li
                key={key}
                ref={rows.measureElement}
                data-index={index}
                aria-setsize={segments.length}
                aria-posinset={index + 1}
                aria-current={index === active ? 'true' : undefined}
                className={cited?.segmentIds.includes(segment.id) === true ? 'cited' : undefined}
                style={{ transform: `translateY(${start}px)` }}
              >
                <SegmentRow
                  segment={segment}
                  name={
                    segment.speaker === null || segment.speaker === before?.speaker
                      ? null
                      : (names.get(segment.speaker) ?? segment.speaker)
                  }
                  words={find.words}
                  correction={editing?.draft.segments[segment.id]}
                  editing={
                    editing && {
                      isOffered: isCorrecting,
                      isOpen: opened === segment.id,
                      onOpen: (isOpen) => {
                        setFollowing(false);
                        setOpened(isOpen ? segment.id : null);
                      },
                      onChange: (corrected) =>
                        editing.onDraft(withSegment(editing.draft, segment, corrected)),
                      names,
                    }
                  }
                />
              </li>
            );
          })}
        </ol>
      </div>
    </section>
  );
}

/** The segments that have some words, one after the other. */
function useFind(segments: readonly Segment[], show: (index: number) => void, onGo: () => void) {
  const [words, setWords] = useState('');
  const [place, setPlace] = useState(0);
  const found = useMemo(() => {
    const sought = words.trim().toLowerCase();
    return sought === ''
      ? []
      : segments.flatMap(({ text }, index) => (text.toLowerCase().includes(sought) ? [index] : []));
  }, [segments, words]);
  const goTo = (all: readonly number[], next: number): void => {
    onGo();
    setPlace(next + 1);
    show(all[next] ?? -1);
  };
  return {
    words,
    count: found.length,
    place: found.length === 0 ? 0 : place,
    setWords: (next: string): void => {
      setWords(next);
      setPlace(0);
    },
    go: (by: 1 | -1): void => {
      if (found.length === 0) return;
      goTo(found, (place - 1 + by + found.length + (place === 0 && by < 0 ? 1 : 0)) % found.length);
    },
  };
}
