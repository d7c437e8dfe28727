// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { TrafficError } from '../model/errors';
import { headersHint, toInstall } from '../system/distribution';
import type { Host } from '../system/host';

/** The folder of the headers of a kernel; null if it does not exist. */
export function findHeaders(host: Host, release: string): string | null {
  const folder = headersLink(host, release);
  return fs.existsSync(path.join(folder, 'Makefile')) ? folder : null;
}

function headersLink(host: Host, release: string): string {
  return path.join(host.modules, release, 'build');
}

export function noHeadersMessage(host: Host, release: string): string {
  return `The headers of kernel ${release} are not installed: ${headersLink(host, release)} does not exist.`;
}

/** @throws {TrafficError} ERR_NO_HEADERS */
export function headersFolder(host: Host, release: string): string {
  const folder = findHeaders(host, release);
  if (folder !== null) return folder;
  throw new TrafficError('ERR_NO_HEADERS', noHeadersMessage(host, release), {
    hint: toInstall('them', headersHint(host, release)),
  });
}
