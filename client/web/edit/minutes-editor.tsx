import './edit.css';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { Button, Input, Label, TextArea, TextField } from 'react-aria-components';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Change } from '../api/answers.ts';
import { isProblem } from '../api/problem.ts';
import { minutesQuery } from '../api/queries.ts';
import { compareMinutes } from '../compare/compare-minutes.ts';
import { speakerNames } from '../job/speaker-names.ts';
import { useChange } from '../job/use-change.ts';
import { ConfirmDialog } from '../shell/confirm-dialog.tsx';
import { useWording } from '../shell/language.tsx';
import { Notice, ProblemNotice } from '../shell/notice.tsx';
import { ConflictNotice } from './conflict-notice.tsx';
import { ItemEditor, rowsOf } from './item-editor.tsx';
import { LeaveGuard } from './leave-guard.tsx';
import {
  isChanged,
  LISTS,
  minutesWith,
  rebased,
  withItem,
  withItemMoved,
  withNewItem,
  withoutItem,
  type ListName,
  type MinutesDraft,
} from './minutes-draft.ts';
import { ReviewDialog } from './review-dialog.tsx';

interface Editing {
  readonly draft: MinutesDraft;
  /** Null: it is thrown away. */
  readonly onDraft: (draft: MinutesDraft | null) => void;
}

/** The minutes as fields: what is written is kept until it is reviewed and saved, or thrown away. */
export function MinutesEditor({
  minutes,
  onSaved,
  ...editing
}: Editing & {
  /** As the job shows them. */
  readonly minutes: Minutes;
  readonly onSaved: (change: Change) => void;
}) {
  const { m } = useWording();
  const { id } = minutes;
  // Somebody may make another version meanwhile.
  const base = useQuery({
    ...minutesQuery(id, editing.draft.version),
    ...(editing.draft.version === minutes.version && { initialData: minutes }),
  });
  if (base.isError) {
    return <ProblemNotice error={base.error} onRetry={() => void base.refetch()} />;
  }
  if (base.data === undefined) return <p className="faint">{m.loading}</p>;
  return <Fields {...editing} base={base.data} minutes={minutes} onSaved={onSaved} />;
}

function Fields({
  draft,
  onDraft,
  base,
  minutes,
  onSaved,
}: Editing & {
  /** That the draft began from. */
  readonly base: Minutes;
  readonly minutes: Minutes;
  readonly onSaved: (change: Change) => void;
}) {
  const { m } = useWording();
  const [isReviewing, setReviewing] = useState(false);
  const change = useChange(minutes.id);
  const names = useMemo(() => speakerNames(base, m), [base, m]);
  const isDirty = isChanged(base, draft);
  const set = (changed: Partial<MinutesDraft>): void => onDraft({ ...draft, ...changed });
  const isOutdated = draft.version !== minutes.version;
  const save = (): void =>
    change.mutate(
      { route: 'edit', version: draft.version, body: minutesWith(base, draft) },
      {
        onSuccess: (made) => {
          onDraft(null);
          onSaved(made);
        },
        onError: (error) => {
          // The newer version is told of above the fields.
          if (isProblem(error, 'version_outdated')) setReviewing(false);
        },
      },
    );
  return (
    <div className="editor" lang={m.htmlLanguage}>
      <LeaveGuard isDirty={isDirty} />
      <div className="editor-bar">
        <p className="editor-state" role="status">
          {isDirty ? m.unsaved(draft.version) : m.editing(draft.version)}
        </p>
        {isDirty ? (
          <ConfirmDialog
            title={m.discardTitle}
            text={m.discardHelp}
            confirm={m.discard}
            onConfirm={() => onDraft(null)}
          >
            <Button className="button">{m.discard}</Button>
          </ConfirmDialog>
        ) : (
          <Button className="button" onPress={() => onDraft(null)}>
            {m.done}
          </Button>
        )}
        <Button
          className="button primary"
          isDisabled={!isDirty || isOutdated || draft.title.trim() === ''}
          onPress={() => setReviewing(true)}
        >
          {m.review}
        </Button>
      </div>
      {isOutdated && (
        <ConflictNotice
          id={minutes.id}
          version={draft.version}
          shown={minutes.version}
          onRebase={() => onDraft(rebased(draft, base, minutes))}
        />
      )}
      {minutes.approval?.state === 'approved' && <Notice tone="info" title={m.editsApproved} />}
      <section className="form" aria-label={m.facts}>
        <TextField
          className="field"
          isRequired
          value={draft.title}
          onChange={(title) => set({ title })}
        >
          <Label>{m.titleField}</Label>
          <Input className="input" maxLength={400} />
        </TextField>
        <div className="form-row">
          <TextField
            className="field"
            type="date"
            value={draft.date}
            onChange={(date) => set({ date })}
          >
            <Label>{m.day}</Label>
            <Input className="input" />
          </TextField>
          <TextField
            className="field"
            value={draft.attendees}
            onChange={(attendees) => set({ attendees })}
          >
            <Label>{m.attendeesByLine}</Label>
            <TextArea
              className="input edit-text"
              rows={Math.min(8, draft.attendees.split('\n').length)}
            />
          </TextField>
        </div>
        <TextField className="field" value={draft.summary} onChange={(summary) => set({ summary })}>
          <Label>{m.summary}</Label>
          <TextArea
            className="input edit-text"
            rows={Math.max(4, rowsOf(draft.summary))}
            maxLength={200_000}
          />
        </TextField>
      </section>
      {listsOf(base, draft, (name) => m.fields[name]).map(([name, title]) => (
        <ListEditor
          key={name}
          name={name}
          title={title}
          draft={draft}
          onDraft={onDraft}
          names={names}
        />
      ))}
      {isReviewing && (
        <ReviewDialog
          fields={compareMinutes(
            { minutes: base, names },
            { minutes: minutesWith(base, draft), names },
            { doubts: false },
          )}
          version={draft.version}
          isSaving={change.isPending}
          error={change.error}
          remark={m.checkedWhenSaved}
          onSave={save}
          onClose={() => {
            change.reset();
            setReviewing(false);
          }}
        />
      )}
    </div>
  );
}

/** The lists that the template wants, or that have something, with their titles. */
function listsOf(
  { template, sections }: Minutes,
  draft: MinutesDraft,
  titleOf: (name: (typeof LISTS)[number]) => string,
): readonly (readonly [ListName, string])[] {
  const isShown = (name: (typeof LISTS)[number]): boolean =>
    (template.lists?.includes(name) ?? true) || (draft.lists[name] ?? []).length > 0;
  return [
    ...LISTS.filter(isShown).map((name) => [name, titleOf(name)] as const),
    ...sections.map(({ id, title }) => [`sections.${id}` as const, title] as const),
  ];
}

function ListEditor({
  name,
  title,
  draft,
  onDraft,
  names,
}: Editing & {
  readonly name: ListName;
  readonly title: string;
  readonly names: ReadonlyMap<string, string>;
}) {
  const { m } = useWording();
  const items = draft.lists[name] ?? [];
  const [added, setAdded] = useState<string | null>(null);
  const adds = useRef<HTMLButtonElement>(null);
  return (
    <section aria-label={title}>
      <h2>
        {title} <span className="count">{items.length}</span>
      </h2>
      <ul className="edit-items">
        {items.map((item, index) => (
          <ItemEditor
            key={item.key}
            item={item}
            label={m.numbered(title, index + 1)}
            isTask={name === 'actionItems'}
            isNew={item.key === added}
            names={names}
            onChange={(change) => onDraft(withItem(draft, name, item.key, change))}
            onMove={(by) => onDraft(withItemMoved(draft, name, item.key, by))}
            onRemove={() => {
              // The button that has the focus goes.
              adds.current?.focus();
              onDraft(withoutItem(draft, name, item.key));
            }}
          />
        ))}
      </ul>
      <Button
        ref={adds}
        className="button edit-small"
        onPress={() => {
          setAdded(`new-${draft.nextKey}`);
          onDraft(withNewItem(draft, name));
        }}
      >
        <Plus aria-hidden />
        {m.addTo(title)}
      </Button>
    </section>
  );
}
