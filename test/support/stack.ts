import { inject } from 'vitest';
import type { StackFacts } from '../../local/stack-facts.ts';

type Running = { readonly [Key in keyof StackFacts]: NonNullable<StackFacts[Key]> };

/** The stack that the run's set-up started. A part that was not started is an error as soon as a test asks for it. */
export function testStack(): Running {
  const facts = inject('stack');
  return new Proxy(facts, {
    get: (target, key: keyof StackFacts) => {
      if (target[key] === null) {
        throw new Error(`${key} was not started; widen or unset HANSARD_TEST_PARTS`);
      }
      return target[key];
    },
  }) as Running;
}
