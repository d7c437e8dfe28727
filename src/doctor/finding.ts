// SPDX-License-Identifier: MIT
import { messageOf, TrafficError } from '../model/errors';
import type { Check } from '../model/api-results';

/** The outcome of a check, without its name. */
export type Finding = Omit<Check, 'name'>;

export function ok(message: string): Finding {
  return { state: 'ok', message, remedy: null };
}

export function failed(message: string, remedy: string | null = null): Finding {
  return { state: 'failed', message, remedy };
}

export function warning(message: string, remedy: string | null = null): Finding {
  return { state: 'warning', message, remedy };
}

export function unknown(message: string): Finding {
  return { state: 'unknown', message, remedy: null };
}

/** The finding of a function that returns a message, or throws a TrafficError. */
export function attempt(holds: () => string): Finding {
  try {
    return ok(holds());
  } catch (error) {
    return failed(messageOf(error), error instanceof TrafficError ? (error.hint ?? null) : null);
  }
}
