// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readText } from '../util/read-text';
import type { Host } from './host';

export interface KernelConfig {
  /** Path of the file that was read. */
  readonly file: string;
  /** The value of the option `CONFIG_` + name, such as `y`; undefined if it is not set. */
  readonly value: (name: string) => string | undefined;
}

/** The configuration of a kernel; null if no file can be read. For the running kernel /proc/config.gz comes first. */
export function kernelConfig(host: Host, release: string): KernelConfig | null {
  const modules = path.join(host.modules, release);
  const files = [
    ...(release === host.release ? [path.join(host.proc, 'config.gz')] : []),
    path.join(host.boot, `config-${release}`),
    path.join(modules, 'config'),
    path.join(modules, 'build/.config'),
    path.join(modules, 'build/include/config/auto.conf'),
  ];
  return firstOf(files);
}

/** The configuration in a folder of kernel headers. */
export function headersConfig(headers: string): KernelConfig | null {
  return firstOf(['include/config/auto.conf', '.config'].map((name) => path.join(headers, name)));
}

function firstOf(files: readonly string[]): KernelConfig | null {
  for (const file of files) {
    const text = file.endsWith('.gz') ? unpacked(file) : readText(file);
    if (text === null || !/^CONFIG_/m.test(text)) continue;
    const values = new Map(
      [...text.matchAll(/^CONFIG_(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
        name,
        value.replace(/^"(.*)"$/, '$1'),
      ]),
    );
    return { file, value: (name) => values.get(name) };
  }
  return null;
}

function unpacked(file: string): string | null {
  try {
    return gunzipSync(fs.readFileSync(file)).toString('utf8');
  } catch {
    return null;
  }
}
