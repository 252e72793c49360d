import { z } from 'zod';

/** An object whose error on an unknown key lists the known ones. */
export const strictFields = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `${issue.keys.join(', ')} is not known here. Known: ${Object.keys(shape).join(', ')}`
        : undefined,
  });

/** What is wrong in a file that a user wrote, beginning with the place. Repeats no value. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  const parts = issue.path.map((part) =>
    typeof part === 'number' ? `[${part}]` : `.${String(part)}`,
  );
  return `${parts.join('').slice(1) || 'the file'}: ${whatIsWrong(issue)}`;
}

/** What a field must be, to follow its name. Repeats no value. */
function whatIsWrong(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type': {
      const kind = KINDS[issue.expected] ?? issue.expected;
      if (issue.message.endsWith('received undefined')) return `is missing. It must be ${kind}`;
      // A key whose entries are all commented out.
      if (issue.message.endsWith('received null'))
        return `has no value. Give it ${kind}, or remove it`;
      return `must be ${kind}`;
    }
    case 'too_small':
      return issue.origin === 'string'
        ? 'must not be empty'
        : `must be ${issue.inclusive === true ? 'at least' : 'above'} ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'string') return `must have ${issue.maximum} characters at most`;
      if (issue.origin === 'array') return `must have ${issue.maximum} entries at most`;
      return `must be ${issue.maximum} at most`;
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`;
    // These messages are our own: unions, patterns and unknown keys.
    case 'invalid_union':
    case 'invalid_format':
    case 'unrecognized_keys':
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of fields',
  record: 'a map of fields',
};
