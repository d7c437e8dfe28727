// SPDX-License-Identifier: MIT
import path from 'node:path';
import { compilerFor } from '../build/compiler';
import { findHeaders, noHeadersMessage } from '../build/headers';
import { findTool, gccVersion } from '../build/tool';
import { compilerHint, headersHint, makeHint } from '../system/distribution';
import type { Host } from '../system/host';
import { readText } from '../util/read-text';
import { failed, ok, unknown, warning, type Finding } from './finding';

export function checkHeaders(host: Host): Finding {
  const folder = findHeaders(host, host.release);
  const hint = headersHint(host, host.release);
  if (folder === null) return failed(noHeadersMessage(host, host.release), hint);
  // The link may lead to a source tree that was configured for another kernel in the meantime.
  const generated = readText(path.join(folder, 'include/generated/utsrelease.h')) ?? '';
  const release = /UTS_RELEASE "(.*)"/.exec(generated)?.[1] ?? host.release;
  return release === host.release
    ? ok(`The headers of ${host.release} are in ${folder}.`)
    : failed(`The headers in ${folder} belong to kernel ${release}, not to ${host.release}.`, hint);
}

export function checkMake(host: Host): Finding {
  const file = findTool(host, 'make');
  return file === null ? failed('make is not installed.', makeHint(host)) : ok(`make is ${file}.`);
}

export function checkCompiler(host: Host): Finding {
  const headers = findHeaders(host, host.release);
  if (headers === null) {
    return findTool(host, 'gcc') === null
      ? failed('gcc is not installed.', compilerHint(host, 'gcc'))
      : unknown('gcc is installed. Without the headers it is unknown which version built the kernel.');
  }
  const { program, kernels, isClang } = compilerFor(host, headers);
  const file = findTool(host, program);
  if (file === null)
    return failed(`${program} is not installed. kbuild runs it to compile the module.`, compilerHint(host, program));
  if (isClang)
    return warning(`Clang built the kernel, and ${file} compiles the module. This combination is not tested.`);
  const version = gccVersion(host, file);
  if (version === null) return unknown(`${file} does not report its version.`);
  if (kernels === null || kernels === version)
    return ok(`The compiler is ${file} (gcc ${version}), as kbuild requires.`);
  const message = `gcc ${kernels} built the kernel, and ${file} is gcc ${version}`;
  return version < kernels
    ? failed(`${message}, which may lack options that the kernel uses.`, compilerHint(host, `gcc-${kernels}`))
    : warning(`${message}. That usually works.`, compilerHint(host, `gcc-${kernels}`));
}
