// SPDX-License-Identifier: MIT
import type { Program } from '../model/types';
import { timestamp } from '../util/time';
import { parseTable, type Row } from './proc-table';
import { parseTraffic } from './traffic-columns';

function parseProgram(row: Row): Program {
  return {
    id: row.count('id'),
    name: row.optionalText('name'),
    owner: row.integer('owner'),
    kind: row.oneOf('kind', ['name', 'attach', 'children']),
    follow: row.flag('follow'),
    watchedAt: timestamp(row.count('since_ns')),
    started: row.count('started'),
    running: row.count('running'),
    ended: row.count('ended'),
    evicted: row.count('evicted'),
    evictedShared: row.count('evicted_shared'),
    evictedInexact: row.count('evicted_inexact'),
    evictedTraffic: parseTraffic(row, 'evicted_'),
    evictedOnce: row.count('evicted_once'),
    evictedOnceTraffic: parseTraffic(row, 'evicted_once_'),
    missed: row.count('missed'),
    endSeq: row.optionalCount('end_seq'),
    evictedSeq: row.optionalCount('evicted_seq'),
    traffic: parseTraffic(row),
  };
}

/** Parses `/proc/net_traffic/programs`: each row is a watch. */
export function parsePrograms(text: string, file = '/proc/net_traffic/programs'): Program[] {
  return parseTable(text, file).map(parseProgram);
}
