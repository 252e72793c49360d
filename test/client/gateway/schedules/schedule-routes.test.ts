import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  applyWarmSchedule,
  changeWarmSchedule,
} from '../../../../client/schedules/warm-schedules.ts';
import { parseWarmWindow } from '../../../../client/schedules/warm-window.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { testGateway } from '../test-gateway.ts';

let gateway: Awaited<ReturnType<typeof testGateway>>;
let headers: { readonly authorization: string };
const operators = freshTenant();
const target = `cold-${freshTenant()}`;
beforeAll(async () => {
  gateway = await testGateway({ env: { HANSARD_OPERATOR_TENANT: operators } });
  ({ headers } = await gateway.keyOf(operators, 'operator'));
});
afterAll(async () => await gateway[Symbol.asyncDispose]());

interface Listed {
  readonly schedules: readonly { readonly target: string }[];
}
const listed = async () =>
  (await gateway.app.inject({ url: '/api/schedules', headers }))
    .json<Listed>()
    .schedules.find((one) => one.target === target);
const change = async (what: string, name = target) =>
  (
    await gateway.app.inject({ method: 'POST', url: `/api/schedules/${name}/${what}`, headers })
  ).json<unknown>();

test('a schedule is listed with its next runs, is paused, resumed and triggered', async () => {
  const client = await gateway.services.temporal();
  const window = { every: '4m', hours: '0-24', days: 'MON-SUN', timeZone: 'Europe/Berlin' };
  await applyWarmSchedule(client, target, parseWarmWindow(window));
  await expect.poll(listed).toMatchObject({
    target,
    paused: false,
    everyMinutes: 4,
    timeZone: 'Europe/Berlin',
    next: Array.from({ length: 5 }, () => expect.stringMatching(/^\d{4}-.*Z$/) as string),
  });
  const handle = client.schedule.getHandle(`warm/${target}`);
  const isPaused = async () => (await handle.describe()).state.paused;

  expect(await change('pause')).toEqual({ target, outcome: 'paused' });
  await expect.poll(isPaused).toBe(true);
  expect(await listed()).toMatchObject({ paused: true });
  expect(await change('resume')).toEqual({ target, outcome: 'resumed' });
  await expect.poll(isPaused).toBe(false);

  // The first run, which no worker takes, would keep another from starting.
  await client.workflow
    .getHandle((await handle.describe()).info.recentActions[0]?.action.workflow.workflowId ?? '')
    .terminate();
  const runs = async () => (await handle.describe()).info.recentActions.length;
  const before = await runs();
  expect(await change('trigger')).toEqual({ target, outcome: 'triggered' });
  await expect.poll(runs).toBe(before + 1);
  await changeWarmSchedule(client, target, 'delete');
});

test.each(['pause', 'resume', 'trigger'])('%s of a schedule that there is not', async (what) => {
  for (const name of ['none', '%00', '..%2fsweep']) {
    expect(await change(what, name)).toMatchObject({ status: 404, code: 'schedule_not_found' });
  }
});
