// SPDX-License-Identifier: MIT
import { TrafficError, messageOf, systemCall, systemCode, type TrafficErrorCode } from '../model/errors';
import { visible, type Style } from './format/style';

/** Failures of loading for which this machine may be the reason: `lkm-traffic doctor` may find it. */
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

/** The message for a failure. Only an unexpected failure has a stack trace. */
export function describeFailure(error: unknown, { colors }: Style): string {
  const lead = colors.red('lkm-traffic:');
  if (!(error instanceof TrafficError)) {
    // This is a bug: the stack helps to find it.
    return `${lead} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  const { message, code, hint, kernelLog, cause } = error;
  // The message of other errors has the reason already.
  const hasReason = code === 'ERR_INVALID_ARGUMENT' || (code !== 'ERR_SYSTEM' && systemCode(cause) !== undefined);
  const reason = hasReason || cause === undefined ? [] : indented(messageOf(cause).trimEnd());
  // Doctor does not check the file that output goes to.
  const isForDoctor = OF_THE_MACHINE.includes(code) && systemCall(cause) !== 'write';
  return [
    `${lead} ${visibleLines(message)} [${code}]`,
    ...reason,
    ...kernelLog.map((line) => `  kernel: ${visible(line)}`),
    ...(hint === undefined ? [] : indented(hint)),
    ...(isForDoctor ? ['  To check what else is missing: lkm-traffic doctor'] : []),
  ].join('\n');
}

function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

const indented = (text: string): string[] => text.split('\n').map((line) => `  ${visible(line)}`);
