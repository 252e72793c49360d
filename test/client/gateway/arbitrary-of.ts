import fc, { type Arbitrary } from 'fast-check';

/** What is used of JSON Schema in the document of the gateway. */
export interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** Values that fit a schema, most of them; the others do not, in the ways in which clients are wrong. */
export const mostlyFitting = (schema: JsonSchema): Arbitrary<unknown> =>
  fc.oneof({ arbitrary: fitting(schema), weight: 12 }, { arbitrary: wild, weight: 1 });

/** Nothing that a schema says anything of. */
export const wild: Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ depthSize: 'small' }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    '\0',
    '\u202e',
    '../../etc/passwd',
    "'; drop table job; --",
    'a'.repeat(40_000),
    -1,
    1e308,
    2 ** 53,
  ),
);

function fitting(schema: JsonSchema): Arbitrary<unknown> {
  const { type, anyOf, properties = {}, required = [] } = schema;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (anyOf !== undefined) return fc.oneof(...anyOf.map(fitting));
  switch (type) {
    case 'string':
      return text(schema);
    case 'integer':
      // A version, a count: most things have the first one only.
      return fc.oneof(fc.constant(schema.minimum ?? 1), fc.integer(within(schema)));
    case 'number':
      return fc.double({ ...within(schema), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(mostlyFitting(schema.items ?? {}), { maxLength: 4 });
    case 'object': {
      const members = Object.entries(properties).map(
        ([name, one]) => [name, mostlyFitting(one)] as const,
      );
      const requiredKeys = required.filter((name) => name in properties);
      return fc.oneof(
        { arbitrary: fc.record(Object.fromEntries(members), { requiredKeys }), weight: 6 },
        { arbitrary: fc.record(Object.fromEntries(members), { requiredKeys: [] }), weight: 1 },
      );
    }
    case undefined:
    default:
      return fc.jsonValue({ depthSize: 'small' });
  }
}

const within = ({ minimum = -1_000_000, maximum = 1_000_000 }: JsonSchema) => ({
  min: Math.max(minimum, -1e9),
  max: Math.min(maximum, 1e9),
});

const text = ({ minLength = 0, maxLength = 40 }: JsonSchema): Arbitrary<string> => {
  const lengths = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)) };
  return fc.oneof(
    fc.string(lengths),
    fc.string({ ...lengths, unit: 'grapheme' }),
    // Words that many of the fields take, whatever they are.
    fc.constantFrom(
      '1',
      'S1',
      'en',
      'Ann',
      '2026-03-02',
      '12h',
      'standard',
      'minutes.md',
      'budget',
    ),
  );
};
