import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { request } from '../api/request.ts';
import { ConfirmDialog } from '../shell/confirm-dialog.tsx';
import { useWording } from '../shell/language.tsx';
import { ProblemNotice } from '../shell/notice.tsx';
import { useMay } from '../shell/session.ts';
import type { Schedule } from './answers.ts';
import { Loaded, Nothing } from './loaded.tsx';
import { schedulesQuery } from './queries.ts';

/** What keeps models warm, and what became of it. */
export function SchedulesView() {
  const { m } = useWording();
  const words = m.operations;
  const may = useMay();
  const schedules = useQuery(schedulesQuery);
  return (
    <>
      <p className="lead">
        {words.schedulesHelp}
        {!may('schedules:manage') && ` ${words.schedulesShared}`}
      </p>
      <Loaded query={schedules}>
        {(found) =>
          found.length === 0 ? (
            <Nothing title={words.noSchedules} help={words.noSchedulesHelp}>
              <code className="breakable">npm run -s hansard -- warm apply</code>
            </Nothing>
          ) : (
            <ScheduleTable schedules={found} />
          )
        }
      </Loaded>
    </>
  );
}

function ScheduleTable({ schedules }: { readonly schedules: readonly Schedule[] }) {
  const { m } = useWording();
  const words = m.operations;
  const may = useMay();
  return (
    <table className="records">
      <caption className="hidden">{words.sections.schedules}</caption>
      <thead>
        <tr>
          <th scope="col">{words.target}</th>
          <th scope="col">{words.state}</th>
          <th scope="col">{words.nextRuns}</th>
          <th scope="col">{words.lastRuns}</th>
          {may('schedules:manage') && (
            <th scope="col">
              <span className="hidden">{words.actions}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {schedules.map((schedule) => (
          <ScheduleRow key={schedule.target} schedule={schedule} />
        ))}
      </tbody>
    </table>
  );
}

const NEXT_SHOWN = 3;
const OUTCOME_TONES: Readonly<Record<string, string | undefined>> = {
  warm: 'good',
  skipped: 'off',
  cold: 'warn',
  running: 'going',
  forgotten: 'off',
};

function ScheduleRow({ schedule }: { readonly schedule: Schedule }) {
  const { m, format } = useWording();
  const words = m.operations;
  const may = useMay();
  const { target, paused, everyMinutes, timeZone, next, last } = schedule;
  const outcomes: Readonly<Record<string, string | undefined>> = words.outcomes;
  return (
    <tr>
      <td>
        <span className="record-name">{target}</span>
        <span className="faint record-more">
          {everyMinutes === null
            ? words.otherRule
            : `${words.every} ${words.minutes(everyMinutes)} · ${timeZone}`}
        </span>
      </td>
      <td data-label={words.state}>
        <span className={`mark mark-${paused ? 'warn' : 'good'}`}>
          {paused ? words.paused : words.running}
        </span>
      </td>
      <td data-label={words.nextRuns}>
        {paused || next.length === 0 ? (
          <span className="faint">{words.noRuns}</span>
        ) : (
          <ul className="names">
            {next.slice(0, NEXT_SHOWN).map((at) => (
              <li key={at}>{format.moment(at)}</li>
            ))}
          </ul>
        )}
      </td>
      <td data-label={words.lastRuns}>
        {last.length === 0 ? (
          <span className="faint">{words.noRuns}</span>
        ) : (
          <ul className="names">
            {last.map(({ at, outcome }) => (
              <li key={at}>
                <span className={`mark mark-${OUTCOME_TONES[outcome] ?? 'bad'}`}>
                  {outcomes[outcome] ?? outcome}
                </span>{' '}
                <span className="faint">{format.ago(at)}</span>
              </li>
            ))}
          </ul>
        )}
      </td>
      {may('schedules:manage') && (
        <td className="record-actions">
          <ScheduleActions schedule={schedule} />
        </td>
      )}
    </tr>
  );
}

function ScheduleActions({ schedule: { target, paused } }: { readonly schedule: Schedule }) {
  const { m } = useWording();
  const words = m.operations;
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (what: 'pause' | 'resume' | 'trigger') =>
      request('POST', `/schedules/${encodeURIComponent(target)}/${what}`),
    onSuccess: () => client.invalidateQueries(schedulesQuery),
  });
  const isBusy = change.isPending;
  return (
    <>
      <div className="button-row">
        {paused ? (
          <Button
            className="quiet"
            isDisabled={isBusy}
            aria-label={words.resumeOf(target)}
            onPress={() => change.mutate('resume')}
          >
            {words.resume}
          </Button>
        ) : (
          <ConfirmDialog
            title={words.pauseTitle(target)}
            text={words.pauseHelp}
            confirm={words.pause}
            onConfirm={() => change.mutate('pause')}
          >
            <Button className="quiet" isDisabled={isBusy} aria-label={words.pauseOf(target)}>
              {words.pause}
            </Button>
          </ConfirmDialog>
        )}
        <ConfirmDialog
          title={words.runTitle(target)}
          text={words.runHelp}
          confirm={words.runNow}
          onConfirm={() => change.mutate('trigger')}
        >
          <Button className="quiet" isDisabled={isBusy} aria-label={words.runOf(target)}>
            {words.runNow}
          </Button>
        </ConfirmDialog>
      </div>
      <div role="status">
        {change.isSuccess && change.variables === 'trigger' && (
          <p className="faint">{words.isTriggered(target)}</p>
        )}
      </div>
      {change.isError && <ProblemNotice error={change.error} />}
    </>
  );
}
