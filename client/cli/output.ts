export type Output = ReturnType<typeof createOutput>;

/** Where a command writes: standard output, for example. */
interface TextStream {
  readonly write: (text: string) => unknown;
  /** Of terminals. */
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The output of a command. */
export function createOutput(out: TextStream, err: TextStream) {
  let drawn = 0;
  /** On standard output. */
  const line = (text: string) => void out.write(`${text}\n`);
  return {
    line,
    /** The result of a command: as one line of JSON when that was asked for, otherwise in lines for a person. */
    result: (
      { json }: { readonly json?: true },
      value: unknown,
      lines: string | readonly string[],
    ): void => {
      for (const text of json ? [JSON.stringify(value)] : [lines].flat()) line(text);
    },
    /** Remarks for a person, on standard error. */
    remark: (text: string) => void err.write(`${text}\n`),
    /** Prints a block in the place of the last one; for terminals. Lines are cut to the columns: a wrapped one would count as one. */
    block: (lines: readonly string[]) => {
      // Move up to the start of the last block, then clear to the end of the screen (ECMA-48 CUU and ED).
      const erase = drawn > 0 ? `\u001B[${drawn}A\u001B[J` : '';
      out.write(`${erase}${lines.map((text) => text.slice(0, out.columns)).join('\n')}\n`);
      drawn = lines.length;
    },
    isTerminal: out.isTTY === true,
  };
}
