import { expect, test } from 'vitest';
import { KINDS } from './kinds.ts';
import { REFUSALS } from './refusals.ts';
import { LENGTHS, Workbench } from './workbench.ts';

/** Makes nothing: notes which files would be written. */
class Notes extends Workbench {
  readonly files: string[] = [];
  override make = (name: string): Promise<void> => this.write(name);
  override write = (name: string): Promise<void> => {
    this.files.push(name);
    return Promise.resolve();
  };
  override read = (): Promise<Buffer> => Promise.resolve(Buffer.from('data'.padEnd(999)));
  override samples = (): Promise<Int16Array> => Promise.resolve(new Int16Array(9));
}

test('no two recordings write the same file, for they are made at the same time', async () => {
  const writers = new Map(Object.keys(LENGTHS).map((piece) => [`${piece}.wav`, ['the pieces']]));
  for (const { file, make } of [...KINDS, ...REFUSALS]) {
    const notes = new Notes('/nowhere');
    await make(notes);
    for (const name of notes.files) writers.set(name, [...(writers.get(name) ?? []), file]);
  }
  expect([...writers].filter(([, files]) => files.length > 1)).toEqual([]);
});
