import type { StoreTraits } from '../adapters/object-store/examine-store.ts';

/** What the object store does that a user should know: a fault where answers could be paid for twice. */
export function storeFinding(traits: StoreTraits): {
  readonly state: 'ok' | 'note' | 'fault';
  readonly detail: string;
} {
  if (!traits.keepsFirst) {
    return {
      state: 'fault',
      detail:
        'it replaces an object although If-None-Match forbids it, so two workers can pay for the same answer: use a store that honours it',
    };
  }
  const notes = NOTES.filter(({ applies }) => applies(traits)).map(({ says }) => says);
  return notes.length === 0
    ? { state: 'ok', detail: 'honours conditional writes and encryption' }
    : { state: 'note', detail: notes.join('; ') };
}

const NOTES: readonly { applies: (traits: StoreTraits) => boolean; says: string }[] = [
  {
    applies: ({ keepsVersions }) => keepsVersions,
    says: 'the bucket keeps versions: what is deleted stays in it until a rule of the bucket ends old versions',
  },
  {
    applies: ({ refusesDeleted }) => refusesDeleted,
    says: 'a deleted key refuses conditional writes for ever: Hansard writes there without the condition',
  },
  {
    applies: ({ encrypts }) => !encrypts,
    says: 'it does not encrypt what it is told to encrypt: encrypt its disk',
  },
  {
    applies: ({ cleansKeys }) => cleansKeys,
    says: 'it takes x//y for x/y: keep keys of other programs out of this bucket',
  },
  {
    applies: ({ confirmsAborted }) => confirmsAborted,
    says: 'it confirms uploads that it lost: Hansard looks at every upload afterwards',
  },
];
