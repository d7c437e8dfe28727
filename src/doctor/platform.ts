// SPDX-License-Identifier: MIT
import { messageOf, TrafficError } from '../model/errors';
import { requireLinux, type Host } from '../system/host';
import { failed, ok, type Finding } from './check';

/** What a function that throws a TrafficError finds. */
export function attempt(holds: () => string): Finding {
  try {
    return ok(holds());
  } catch (error) {
    return failed(messageOf(error), error instanceof TrafficError ? (error.hint ?? null) : null);
  }
}

export function checkLinux(host: Host): Finding {
  return attempt(() => {
    requireLinux(host);
    return 'This is Linux.';
  });
}

export function checkArchitecture({ arch }: Host): Finding {
  return arch === 'x64'
    ? ok('The processor is x86-64.')
    : failed(`The processor is ${arch}; the module is for x86-64.`, 'Run it on an x86-64 machine, with its Node.js.');
}
