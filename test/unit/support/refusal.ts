// SPDX-License-Identifier: MIT
import type { TrafficErrorCode } from '../../../src/model/errors';

/** Matches a TrafficError of this code, and of this message if one is given. */
export function refusal(code: TrafficErrorCode, message = /./): Error {
  return expect.objectContaining({
    name: 'TrafficError',
    code,
    message: expect.stringMatching(message) as string,
  }) as Error;
}
