// SPDX-License-Identifier: MIT
/** What separates the output of one command line from that of the next; no command prints a NUL. */

export const endOfCommand = (status: number): string => `\0end ${status}\0`;

/** The output before the mark and the status in it, when the mark has come. */
export function untilEnd(output: string): { text: string; status: number } | undefined {
  const mark = /\0end (\d+)\0/.exec(output);
  return mark === null ? undefined : { text: output.slice(0, mark.index), status: Number(mark[1]) };
}
