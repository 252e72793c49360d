import assert from 'node:assert/strict';
import type { Engine } from './engine.ts';
import { stateOf, type Installation } from './installation.ts';

/** Services whose image is ours. */
const OURS = ['worker', 'gateway', 'migrate', 'local-ai'];

/** Throws where a container may do more than it needs. Returns a line for each thing that was looked at. */
export async function checkConfinement(
  engine: Engine,
  { containers, secrets, compose }: Installation,
): Promise<readonly string[]> {
  const all = await containers();
  const known = await secrets();
  assert.ok(all.length > 0 && known.length > 8);

  for (const { facts, json } of all) {
    assert.ok(facts.HostConfig.ReadonlyRootfs, `${facts.Name}: its root can be written`);
    assert.ok(facts.HostConfig.Memory > 0, `${facts.Name}: its memory has no limit`);
    for (const secret of known) {
      assert.ok(!json.includes(secret), `${facts.Name}: docker inspect shows a secret`);
    }
    for (const bindings of Object.values(facts.HostConfig.PortBindings ?? {})) {
      for (const { HostIp } of bindings ?? []) assert.equal(HostIp, '127.0.0.1', facts.Name);
    }
  }
  const logs = await compose('logs', '--no-color');
  for (const secret of known) assert.ok(!logs.includes(secret), 'a log shows a secret');

  const uids: string[] = [];
  for (const { service, id, facts } of all) {
    if (facts.State.Status !== 'running') continue;
    const uid = (await engine.docker('exec', id, 'id', '-u')).trim();
    uids.push(`${service} ${uid}`);
    if (!OURS.includes(service)) continue;
    assert.notEqual(uid, '0', `${service} runs as root`);
    await assert.rejects(
      engine.docker('exec', id, 'touch', '/app/written'),
      /Read-only file system/,
      `${service} can write to its program`,
    );
    // Where it keeps what it works on, it can write.
    await engine.docker('exec', id, 'sh', '-c', 'rmdir "$(mktemp -d)"');
  }
  return [
    `${all.length} containers: roots read-only, memory limited, ports on 127.0.0.1 only`,
    `${known.length} secrets: none in docker inspect, none in the logs (${logs.split('\n').length} lines)`,
    `users (of the shell that docker exec starts): ${[...new Set(uids)].join(', ')}`,
    `states: ${all.map(({ facts }) => stateOf(facts)).join(', ')}`,
  ];
}
