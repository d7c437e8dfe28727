// SPDX-License-Identifier: MIT
import type { Counters, Traffic, Transport } from './types';

export const TRANSPORTS = ['tcp', 'udp', 'other', 'unix', 'packet', 'vsock'] as const satisfies readonly Transport[];

/** The names of the counters, in the order in which reports show them. */
export const COUNTERS = [
  'receivedBytes',
  'receivedMessages',
  'sentBytes',
  'sentMessages',
] as const satisfies readonly (keyof Counters)[];

export const NOTHING: Counters = { receivedBytes: 0n, receivedMessages: 0n, sentBytes: 0n, sentMessages: 0n };
export const NO_TRAFFIC: Traffic = {
  total: NOTHING,
  tcp: NOTHING,
  udp: NOTHING,
  other: NOTHING,
  unix: null,
  packet: null,
  vsock: null,
};

type Combine = (a: bigint, b: bigint) => bigint;

function combineCounters(a: Counters, b: Counters, combine: Combine): Counters {
  return {
    receivedBytes: combine(a.receivedBytes, b.receivedBytes),
    receivedMessages: combine(a.receivedMessages, b.receivedMessages),
    sentBytes: combine(a.sentBytes, b.sentBytes),
    sentMessages: combine(a.sentMessages, b.sentMessages),
  };
}

/** A transport that only one of the two counts is combined with zeros. Null if neither counts it. */
function combineKnown(a: Counters | null, b: Counters | null, combine: Combine): Counters | null {
  return a === null && b === null ? null : combineCounters(a ?? NOTHING, b ?? NOTHING, combine);
}

const add: Combine = (a, b) => a + b;
/** `a - b`, or 0 if that is negative. */
export const beyond: Combine = (a, b) => (a > b ? a - b : 0n);
export const greater: Combine = (a, b) => (a > b ? a : b);

export function sumCounters(parts: Iterable<Counters | null>): Counters {
  let [receivedBytes, receivedMessages, sentBytes, sentMessages] = [0n, 0n, 0n, 0n];
  for (const part of parts) {
    if (part === null) continue;
    receivedBytes += part.receivedBytes;
    receivedMessages += part.receivedMessages;
    sentBytes += part.sentBytes;
    sentMessages += part.sentMessages;
  }
  return { receivedBytes, receivedMessages, sentBytes, sentMessages };
}

/** Adds the total to the counters of the transports. */
export function trafficOf({ tcp, udp, other, unix, packet, vsock }: Omit<Traffic, 'total'>): Traffic {
  return { total: sumCounters([tcp, udp, other, unix, packet, vsock]), tcp, udp, other, unix, packet, vsock };
}

function combineTraffic(a: Traffic, b: Traffic, combine: Combine): Traffic {
  return trafficOf({
    tcp: combineCounters(a.tcp, b.tcp, combine),
    udp: combineCounters(a.udp, b.udp, combine),
    other: combineCounters(a.other, b.other, combine),
    unix: combineKnown(a.unix, b.unix, combine),
    packet: combineKnown(a.packet, b.packet, combine),
    vsock: combineKnown(a.vsock, b.vsock, combine),
  });
}

export function sum(parts: Iterable<Traffic>): Traffic {
  let result = NO_TRAFFIC;
  for (const part of parts) result = combineTraffic(result, part, add);
  return result;
}

/** `a - b` for each counter, or 0 if that is negative. */
export function excessCounters(a: Counters, b: Counters): Counters {
  return combineCounters(a, b, beyond);
}

/** `a - b` for each counter of each transport, or 0 if that is negative. */
export function excess(a: Traffic, b: Traffic): Traffic {
  return combineTraffic(a, b, beyond);
}

/** The larger of the two values, for each counter of each transport. */
export function larger(a: Traffic, b: Traffic): Traffic {
  return combineTraffic(a, b, greater);
}
