// SPDX-License-Identifier: MIT
import { TrafficError, messageOf, systemCall, systemCode, type TrafficErrorCode } from '../model/errors';
import { visible, type Style } from './format/style';

/** What loading may end with, and this machine may be the reason of. */
const OF_THE_MACHINE: readonly TrafficErrorCode[] = [
  'ERR_NO_HEADERS',
  'ERR_BUILD',
  'ERR_PERMISSION',
  'ERR_LOCKDOWN',
  'ERR_SIGNATURE',
  'ERR_KERNEL_MISMATCH',
  'ERR_ABI',
  'ERR_CONFLICT',
  'ERR_SYSTEM',
];

/** What a person is told of a failure: never a stack trace for one that is expected. */
export function describeFailure(error: unknown, { colors }: Style): string {
  const lead = colors.red('lkm-traffic:');
  if (!(error instanceof TrafficError)) {
    // A bug, or a failure nobody thought of: here the stack is what helps.
    return `${lead} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  const { message, code, hint, kernelLog, cause } = error;
  // Only where the message itself could not say what is the matter.
  const reason = code === 'ERR_SYSTEM' || systemCode(cause) === undefined ? causeOf(cause) : null;
  // What takes no more output is nothing that doctor looks at.
  const isForDoctor = OF_THE_MACHINE.includes(code) && systemCall(cause) !== 'write';
  return [
    `${lead} ${visibleLines(message)} [${code}]`,
    ...(reason === null ? [] : [`  ${visibleLines(reason)}`]),
    ...kernelLog.map((line) => `  kernel: ${visible(line)}`),
    ...(hint === undefined ? [] : [`  ${visibleLines(hint)}`]),
    ...(isForDoctor ? ['  lkm-traffic doctor tells what else is missing.'] : []),
  ].join('\n');
}

function causeOf(cause: unknown): string | null {
  return cause === undefined ? null : messageOf(cause);
}

function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
