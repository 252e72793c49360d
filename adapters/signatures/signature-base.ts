import {
  serializeInnerList,
  serializeItem,
  type InnerList,
  type Parameters,
} from 'structured-headers';

/** What a signature may cover of a message. */
export interface MessageParts {
  /** A derived component, such as `@method`; null: the message has none of this name. */
  readonly derived: (name: string, parameters: Parameters) => string | null;
  /** The values of a header as they came, one for each line; empty: it has none. The name is in lower case. */
  readonly field: (name: string) => readonly string[];
}

/** A message has not what a signature says that it covers, or the signature says it in a way that is not taken. */
export class UnusableComponentError extends Error {
  override readonly name = 'UnusableComponentError';
}

/**
 * The text that is signed (RFC 9421, section 2.5): a line for each covered component, and one for the parameters. Headers are
 * taken whole: parameters such as `sf`, `key`, `bs` and `tr` are not known. Throws `UnusableComponentError`.
 */
export function signatureBase(covered: InnerList, parts: MessageParts): string {
  const [components] = covered;
  const lines = new Map<string, string>();
  for (const [name, parameters] of components) {
    if (typeof name !== 'string') throw new UnusableComponentError('a component is no string');
    const identifier = serializeItem([name, parameters]);
    if (lines.has(identifier)) throw new UnusableComponentError(`${identifier} is covered twice`);
    lines.set(identifier, valueOf(name, parameters, identifier, parts));
  }
  const said = [...lines].map(([identifier, value]) => `${identifier}: ${value}`);
  return [...said, `"@signature-params": ${serializeInnerList(covered)}`].join('\n');
}

function valueOf(
  name: string,
  parameters: Parameters,
  identifier: string,
  { derived, field }: MessageParts,
): string {
  const value = name.startsWith('@')
    ? derived(name, parameters)
    : parameters.size === 0
      ? combined(field(name))
      : null;
  if (value === null) {
    throw new UnusableComponentError(`the request has no ${identifier}, or it is not known here`);
  }
  // A line break would begin another component.
  if (!/^[\t\x20-\x7e]*$/.test(value)) {
    throw new UnusableComponentError(`${identifier} has characters that are not of ASCII`);
  }
  return value;
}

/** Section 2.1: without the space around each line, and lines that were folded in one. */
const combined = (values: readonly string[]): string | null =>
  values.length === 0
    ? null
    : values
        .map((value) =>
          value.replaceAll(/[ \t]*\r?\n[ \t]+/g, ' ').replaceAll(/^[ \t]+|[ \t]+$/g, ''),
        )
        .join(', ');
