// SPDX-License-Identifier: MIT
import path from 'node:path';
import type { Host } from '../system/host';
import { headersConfig } from '../system/kernel-config';
import { readText } from '../util/read-text';
import { findTool, gccVersion } from './tool';

/** The compiler of a build. */
export interface Compiler {
  /** The program that kbuild calls. */
  readonly program: string;
  /** What make is told, so that it does. */
  readonly makeArguments: readonly string[];
  /** The gcc that the kernel was built with, as its major version; null: another compiler, or unknown. */
  readonly kernels: number | null;
  /** The kernel was built with clang. */
  readonly isClang: boolean;
}

/** Debian's headers name the compiler: others leave it to kbuild, which takes `gcc`. */
function named(headers: string): string | undefined {
  const text = readText(path.join(headers, '.kernelvariables')) ?? '';
  return /^CC\s*:?=.*?\b(gcc-\d+)\s*$/m.exec(text)?.[1];
}

/** An older gcc than the kernel's does not know its options: where that one is installed as well, it is taken. */
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
