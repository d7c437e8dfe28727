// SPDX-License-Identifier: MIT
import path from 'node:path';
import type { Host } from '../system/host';
import { headersConfig } from '../system/kernel-config';
import { readText } from '../util/read-text';
import { findTool, gccVersion } from './tool';

/** The compiler of a build. */
export interface Compiler {
  /** The program that kbuild runs. */
  readonly program: string;
  /** Arguments of make that select the program. */
  readonly makeArguments: readonly string[];
  /** Major version of the gcc that built the kernel; null if another compiler did, or if it is unknown. */
  readonly kernels: number | null;
  /** Whether clang built the kernel. */
  readonly isClang: boolean;
}

/** Debian's headers name the compiler. Other distributions leave it to kbuild, which runs `gcc`. */
function named(headers: string): string | undefined {
  const text = readText(path.join(headers, '.kernelvariables')) ?? '';
  return /^CC\s*:?=.*?\b(gcc-\d+)\s*$/m.exec(text)?.[1];
}

/**
 * Selects the compiler of a build. A gcc older than the one that built the kernel may not know its options. If that gcc
 * is installed beside the default one, it is selected.
 */
export function compilerFor(host: Host, headers: string): Compiler {
  const config = headersConfig(headers);
  const version = Number(config?.value('GCC_VERSION') ?? 0);
  const kernels = version > 0 ? Math.trunc(version / 10_000) : null;
  const found = { program: 'gcc', makeArguments: [], kernels, isClang: config?.value('CC_IS_CLANG') === 'y' };
  const program = named(headers);
  if (program !== undefined) return { ...found, program };
  if (kernels === null) return found;
  const usual = findTool(host, 'gcc');
  if (usual !== null && gccVersion(host, usual) === kernels) return found;
  const versioned = `gcc-${kernels}`;
  return findTool(host, versioned) === null
    ? found
    : { ...found, program: versioned, makeArguments: [`CC=${versioned}`] };
}
