// SPDX-License-Identifier: MIT
import type { Counters, Traffic } from './types';

export const NOTHING: Counters = { receivedBytes: 0n, receivedMessages: 0n, sentBytes: 0n, sentMessages: 0n };
export const NO_TRAFFIC: Traffic = { total: NOTHING, tcp: NOTHING, udp: NOTHING, other: NOTHING };

type Combine = (a: bigint, b: bigint) => bigint;

function combineCounters(a: Counters, b: Counters, combine: Combine): Counters {
  return {
    receivedBytes: combine(a.receivedBytes, b.receivedBytes),
    receivedMessages: combine(a.receivedMessages, b.receivedMessages),
    sentBytes: combine(a.sentBytes, b.sentBytes),
    sentMessages: combine(a.sentMessages, b.sentMessages),
  };
}

const add: Combine = (a, b) => a + b;

/** Traffic from its three transports. */
export function trafficOf(tcp: Counters, udp: Counters, other: Counters): Traffic {
  return { total: combineCounters(combineCounters(tcp, udp, add), other, add), tcp, udp, other };
}

function combineTraffic(a: Traffic, b: Traffic, combine: Combine): Traffic {
  return trafficOf(
    combineCounters(a.tcp, b.tcp, combine),
    combineCounters(a.udp, b.udp, combine),
    combineCounters(a.other, b.other, combine),
  );
}

export function sum(parts: Iterable<Traffic>): Traffic {
  let result = NO_TRAFFIC;
  for (const part of parts) result = combineTraffic(result, part, add);
  return result;
}

/** `a - b`, and 0 where that would be negative. */
export function excess(a: Traffic, b: Traffic): Traffic {
  return combineTraffic(a, b, (x, y) => (x > y ? x - y : 0n));
}

/** The larger of the two, counter by counter. */
export function larger(a: Traffic, b: Traffic): Traffic {
  return combineTraffic(a, b, (x, y) => (x > y ? x : y));
}
