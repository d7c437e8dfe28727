// SPDX-License-Identifier: MIT
import picocolors from 'picocolors';
import type { UnitOptions } from '../../util/units';

/** How a report for people looks. */
export interface Style {
  readonly colors: ReturnType<typeof picocolors.createColors>;
  readonly units: UnitOptions;
}

export function createStyle(useColor: boolean, units: UnitOptions = {}): Style {
  return { colors: picocolors.createColors(useColor), units };
}

/**
 * Text of the kernel's, that is of whoever named a file or process, for a terminal: control characters and those that
 * turn the direction of writing are made visible, so that a name cannot move the cursor or forge a line.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
