// SPDX-License-Identifier: MIT
import path from 'node:path';
import { compilerFor } from '../build/compiler';
import { findHeaders, noHeadersMessage } from '../build/headers';
import { findTool, gccVersion } from '../build/tool';
import { compilerHint, headersHint, makeHint } from '../system/distribution';
import type { Host } from '../system/host';
import { readText } from '../util/read-text';
import { failed, ok, unknown, warning, type Finding } from './check';

export function checkHeaders(host: Host): Finding {
  const folder = findHeaders(host, host.release);
  const hint = headersHint(host, host.release);
  if (folder === null) return failed(noHeadersMessage(host, host.release), hint);
  // A tree that was configured anew for another kernel stays where the link leads.
  const generated = readText(path.join(folder, 'include/generated/utsrelease.h')) ?? '';
  const release = /UTS_RELEASE "(.*)"/.exec(generated)?.[1] ?? host.release;
  return release === host.release
    ? ok(`The headers of ${host.release} are in ${folder}.`)
    : failed(`The headers in ${folder} are of ${release}, not of ${host.release}.`, hint);
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
      : unknown('gcc is installed; the headers would tell which one the kernel was built with.');
  }
  const { program, kernels, isClang } = compilerFor(host, headers);
  const file = findTool(host, program);
  if (file === null) return failed(`${program}, which kbuild calls, is not installed.`, compilerHint(host, program));
  if (isClang) return warning(`The kernel was built with clang, the module is compiled by ${file}: nobody has tried.`);
  const version = gccVersion(host, file);
  if (version === null) return unknown(`${file} does not tell its version.`);
  if (kernels === null || kernels === version)
    return ok(`The compiler is ${file} (gcc ${version}), as kbuild wants it.`);
  const message = `The kernel was built with gcc ${kernels}; ${file} is gcc ${version}`;
  return version < kernels
    ? failed(`${message}, which may lack options that the kernel wants.`, compilerHint(host, `gcc-${kernels}`))
    : warning(`${message}. That usually works.`, compilerHint(host, `gcc-${kernels}`));
}
