import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay, ProgressBar } from 'react-aria-components';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Change } from '../api/answers.ts';
import { targetsQuery, templatesQuery } from '../api/queries.ts';
import { useChange } from '../job/use-change.ts';
import { Choice } from '../shell/choice.tsx';
import { useWording } from '../shell/language.tsx';
import { Meter } from '../shell/meter.tsx';
import { Notice, ProblemNotice } from '../shell/notice.tsx';
import { useMay } from '../shell/session.ts';
import { SPOKEN } from '../upload/spoken-languages.ts';

/** A summary written anew. What it takes is said and asked first; what it made is shown beside what was there. */
export function NewSummary({
  minutes,
  onClose,
}: {
  readonly minutes: Minutes;
  readonly onClose: () => void;
}) {
  const { m } = useWording();
  const navigate = useNavigate();
  const [sections, setSections] = useState<Change['sections']>();
  const change = useChange(minutes.id, setSections);
  const [wanted, setWanted] = useState({ template: '', language: '', target: '' });
  const asked = change.data?.outcome === 'asked' ? change.data : null;
  const ask = (confirm: boolean): void => {
    setConfirmed(confirm);
    change.mutate(
      {
        route: 'resummarize',
        body: {
          ...Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== '')),
          confirm,
        },
      },
      {
        onSuccess: ({ outcome, version }) => {
          if (outcome !== 'made' || version === null) return;
          onClose();
          void navigate({
            to: '/jobs/$id/compare',
            params: { id: minutes.id },
            search: { left: minutes.version, right: version },
          });
        },
      },
    );
  };
  const [isConfirmed, setConfirmed] = useState(false);
  const isPaying = change.isPending && isConfirmed;
  return (
    <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={onClose}>
      <Modal className="modal">
        <Dialog className="dialog">
          <Heading slot="title" className="dialog-title">
            {m.newSummary}
          </Heading>
          {asked === null ? (
            <p>{m.newSummaryHelp}</p>
          ) : (
            <Costs change={asked} version={minutes.version} />
          )}
          {asked === null && !isPaying && <Wishes wanted={wanted} onWanted={setWanted} />}
          {isPaying && (
            <>
              <ProgressBar
                className="stage-meter"
                aria-label={m.newSummary}
                value={sections?.done ?? 0}
                maxValue={Math.max(1, sections?.total ?? 1)}
                isIndeterminate={sections === undefined}
              >
                {({ percentage = 0 }) => (
                  <>
                    <Meter percent={percentage} />
                    <span className="faint numbers">
                      {sections === undefined
                        ? m.isWriting
                        : m.partsDone(sections.done, sections.total)}
                    </span>
                  </>
                )}
              </ProgressBar>
              <p className="faint">{m.leaveHelp}</p>
            </>
          )}
          {change.data?.outcome === 'same' && <Notice tone="info" title={m.outcomes.same()} />}
          {change.isError && <ProblemNotice error={change.error} />}
          <div className="dialog-end">
            <Button className="button" onPress={onClose}>
              {isPaying ? m.close : m.cancel}
            </Button>
            {asked !== null && (
              <Button className="button" onPress={() => change.reset()}>
                {m.chooseAnew}
              </Button>
            )}
            {/* A button that was disabled would lose the focus, and with it the keys of the dialog. */}
            <Button
              className="button primary"
              onPress={() => {
                if (!change.isPending) ask(asked !== null);
              }}
            >
              {isPaying
                ? m.isWriting
                : change.isPending
                  ? m.asking
                  : asked === null
                    ? m.askCost
                    : m.makeCalls}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Template, language and model; each stays as it is unless another one is chosen. */
function Wishes({
  wanted,
  onWanted,
}: {
  readonly wanted: {
    readonly template: string;
    readonly language: string;
    readonly target: string;
  };
  readonly onWanted: (wanted: { template: string; language: string; target: string }) => void;
}) {
  const { m, format } = useWording();
  const may = useMay();
  const templates = useQuery(templatesQuery);
  const targets = useQuery({ ...targetsQuery, enabled: may('targets:read') });
  const summarizing = (targets.data ?? []).filter(({ role }) => role === 'summarize');
  const languages = SPOKEN.map((code) => [code, format.languageName(code)] as const).toSorted(
    ([, one], [, other]) => one.localeCompare(other),
  );
  const called: Readonly<Record<string, string>> = m.templates;
  const chosen = templates.data?.find(({ name }) => name === wanted.template);
  const headings = chosen?.sections.map(
    ({ title }) => title[m.htmlLanguage.slice(0, 2)] ?? title['en'] ?? '',
  );
  return (
    <div className="form">
      <div className="form-row">
        <Choice
          label={m.template}
          options={[
            ['', m.asNow],
            ...(templates.data ?? []).map(({ name }) => [name, called[name] ?? name] as const),
          ]}
          value={wanted.template}
          onChange={(template) => onWanted({ ...wanted, template })}
        />
        <Choice
          label={m.language}
          options={[['', m.asNow], ...languages]}
          value={wanted.language}
          onChange={(language) => onWanted({ ...wanted, language })}
        />
      </div>
      {headings !== undefined && headings.length > 0 && (
        <p className="field-help">{m.hasSections(format.list(headings))}</p>
      )}
      {summarizing.length > 0 && (
        <Choice
          label={m.model}
          options={[
            ['', m.configuredModels],
            ...summarizing.map(({ target, model }) => [target, `${target}: ${model}`] as const),
          ]}
          value={wanted.target}
          onChange={(target) => onWanted({ ...wanted, target })}
        />
      )}
    </div>
  );
}

/** What it takes, and what it does not take over. */
function Costs({ change, version }: { readonly change: Change; readonly version: number }) {
  const { m } = useWording();
  const { calls, replaced } = change;
  return (
    <div role="status">
      {calls !== undefined && (
        <p>{m.callsNeeded(calls.sections, calls.calls, Math.max(0, calls.atMost - calls.calls))}</p>
      )}
      {replaced !== undefined && (
        <Notice tone="warning" title={m.replacesWritten(replaced.statements, replaced.summary)}>
          <p>{m.versionKeeps(version)}</p>
        </Notice>
      )}
    </div>
  );
}
