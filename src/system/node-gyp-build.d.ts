// SPDX-License-Identifier: MIT
declare module 'node-gyp-build' {
  /** Loads the addon that is in `prebuilds/` or `build/Release/` of the folder. */
  function nodeGypBuild(folder: string): unknown;
  export = nodeGypBuild;
}
