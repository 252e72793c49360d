import { expect, test } from 'vitest';
import { loadInferenceConfiguration } from '../../adapters/inference/targets/load-configuration.ts';
import { nodeVersion, scratchState, targetFindings } from '../../client/doctor.ts';

const findings = (text: string | null, env: Record<string, string>) =>
  targetFindings(loadInferenceConfiguration({ path: 'hansard.yaml', text, env }));

test('the default targets without HF_TOKEN: one fault names the variable and the targets', () => {
  const faults = findings(null, {}).filter(({ state }) => state === 'fault');
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatchObject({ check: 'HF_TOKEN' });
  expect(faults[0]?.detail).toMatch(/not set.*whisper/);
});

test('with HF_TOKEN the defaults are fine, and skipped targets are noted with their variable', () => {
  const some = findings(null, { HF_TOKEN: 'hf_x' });
  expect(some.filter(({ state }) => state === 'fault')).toEqual([]);
  const notes = some.filter(({ state }) => state === 'note').map(({ detail }) => detail);
  expect(notes.join()).toMatch(/WHISPER_URL is not set/);
  expect(JSON.stringify(some)).not.toContain('hf_x');
});

test("a server of one's own that is called without its token is no fault: it may want none", () => {
  const some = findings(null, { HF_TOKEN: 'hf_x', WHISPER_URL: 'http://whisper:8000' });
  expect(some.filter(({ state }) => state === 'fault')).toEqual([]);
  expect(some).toContainEqual({
    check: 'WHISPER_TOKEN',
    state: 'note',
    detail: 'not set: these targets are called without a token: whisper-dedicated',
  });
});

test('a role whose only target is skipped has none: a fault', () => {
  const text = `roles: { moderate: [{ name: a, contract: hf-task, model: "\${NOWHERE}" }] }`;
  expect(findings(text, { HF_TOKEN: 'hf_x' })).toContainEqual({
    check: 'moderate',
    state: 'fault',
    detail: expect.stringContaining('roles.moderate') as string,
  });
});

test('a job does without a target for speakers: a note', () => {
  expect(findings(null, { HF_TOKEN: 'hf_x' })).toContainEqual({
    check: 'diarize',
    state: 'note',
    detail: 'no target is configured: only separate channels tell who spoke',
  });
  const some = findings(null, { HF_TOKEN: 'hf_x', DIARIZE_URL: 'http://voices:8000' });
  expect(some).toContainEqual({ check: 'diarize', state: 'ok', detail: 'speakers-dedicated' });
});

test.each(['18.20.0', '22.18.9'])('Node %s is too old', async (version) => {
  await expect(nodeVersion(version)).rejects.toThrow(/22\.19 or newer/);
});

test.each(['22.19.0', '24.1.0'])('Node %s is new enough', async (version) => {
  expect(await nodeVersion(version)).toBe(version);
});

test('a scratch folder without room for a day of sound is noted, with what is free and what to set', () => {
  expect(scratchState('/scratch', 7e9)).toBe('/scratch, 7.0 GB free');
  expect(scratchState('/scratch', 6.9e9)).toEqual({
    state: 'note',
    detail: '/scratch, 6.9 GB free: long recordings may wait for room; TMPDIR names another',
  });
});
