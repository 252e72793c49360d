import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Node,
} from 'yaml';

/** What is wrong with a YAML text, to follow the name of its file. Quotes nothing of it: it may hold secrets by mistake. */
export class YamlTextError extends Error {
  override readonly name = 'YamlTextError';
}

/**
 * The value of a YAML text, and the line (from 1) of a place in it; of a place that it does not have, the line of what it
 * would be in. Throws `YamlTextError` for what is not YAML, and for aliases that would make a small text large.
 */
export function readYaml(text: string): {
  readonly value: unknown;
  readonly lineOf: (path: readonly PropertyKey[]) => number;
} {
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines });
  const error = document.errors[0];
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    const what = error.code.toLowerCase().replaceAll('_', ' ');
    throw new YamlTextError(
      `line ${line}, column ${col} is not YAML (${what}). Correct that line.`,
    );
  }
  const lineOf = (path: readonly PropertyKey[]): number => {
    let node: Node | null = document.contents;
    let at = 0;
    for (const part of path) {
      if (isAlias(node)) node = node.resolve(document) ?? null;
      const pair = isMap(node)
        ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
        : undefined;
      const place = isSeq(node) ? node.items[Number(part)] : pair?.key;
      const inside = isSeq(node) ? place : pair?.value;
      if (!isNode(place) || !place.range) break;
      at = place.range[0];
      node = isNode(inside) ? inside : null;
    }
    return lines.linePos(at).line;
  };
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }), lineOf };
  } catch {
    throw new YamlTextError('its aliases cannot be resolved. Write the values out.');
  }
}

/** Also the most that aliases inside aliases may multiply. */
const MOST_ALIASES = 100;
