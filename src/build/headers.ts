// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { TrafficError } from '../model/errors';
import { headersHint } from '../system/distribution';
import type { Host } from '../system/host';

/** Folder that the module is built against; null when there is none. */
export function findHeaders(host: Host, release: string): string | null {
  const folder = headersLink(host, release);
  return fs.existsSync(path.join(folder, 'Makefile')) ? folder : null;
}

function headersLink(host: Host, release: string): string {
  return path.join(host.modules, release, 'build');
}

export function noHeadersMessage(host: Host, release: string): string {
  return `There are no headers of kernel ${release} in ${headersLink(host, release)}.`;
}

/** @throws {TrafficError} ERR_NO_HEADERS */
export function headersFolder(host: Host, release: string): string {
  const folder = findHeaders(host, release);
  if (folder !== null) return folder;
  throw new TrafficError('ERR_NO_HEADERS', noHeadersMessage(host, release), { hint: headersHint(host, release) });
}
