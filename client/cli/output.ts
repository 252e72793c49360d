/** The output of a command. */
export interface Output {
  /** Results, on standard output. */
  readonly line: (text: string) => void;
  readonly json: (value: unknown) => void;
  /** Remarks for a person, on standard error. */
  readonly remark: (text: string) => void;
  /** Prints a block in the place of the last one; for terminals. */
  readonly block: (lines: readonly string[]) => void;
  readonly isTerminal: boolean;
  readonly columns: () => number;
}

export function createOutput(
  out: NodeJS.WriteStream = process.stdout,
  err: NodeJS.WriteStream = process.stderr,
): Output {
  let drawn = 0;
  const line = (text: string) => void out.write(`${text}\n`);
  return {
    line,
    json: (value) => {
      line(JSON.stringify(value));
    },
    remark: (text) => void err.write(`${text}\n`),
    block: (lines) => {
      // Move up to the start of the last block, then clear to the end of the screen (ECMA-48 CUU and ED).
      const erase = drawn > 0 ? `\u001B[${drawn}A\u001B[J` : '';
      out.write(`${erase}${lines.join('\n')}\n`);
      drawn = lines.length;
    },
    isTerminal: out.isTTY,
    columns: () => out.columns ?? 80,
  };
}
