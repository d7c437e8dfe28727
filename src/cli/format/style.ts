// SPDX-License-Identifier: MIT
import picocolors from 'picocolors';
import type { UnitOptions } from '../../util/units';

/** How a report for people is printed. */
export interface Style {
  readonly colors: ReturnType<typeof picocolors.createColors>;
  readonly units: UnitOptions;
  /** Columns of the terminal that text is wrapped to; null: it is not wrapped. */
  readonly width: number | null;
}

export function createStyle(useColor: boolean, units: UnitOptions = {}, width: number | null = null): Style {
  return { colors: picocolors.createColors(useColor), units, width };
}

/**
 * Text that is safe to print on a terminal. Anyone can choose the name of a file or process: escapes replace control
 * characters and those that change the direction of writing, so a name cannot move the cursor or forge a line.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
