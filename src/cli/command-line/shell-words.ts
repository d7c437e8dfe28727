// SPDX-License-Identifier: MIT

/** A word as a shell reads it: quoted where it needs to be. A control character is written as an escape. */
function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  const escaped = word.replace(/[\\']/g, '\\$&');
  const visible = escaped.replace(
    /[\p{Cc}]/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return visible === escaped ? `'${word.replaceAll("'", "'\\''")}'` : `$'${visible}'`;
}

/** A command line that bash and zsh read as exactly these words. */
export function shellWords(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

/** A sentence that introduces a command line of ours, and the command line below it. `To load it:`, `Did you mean:` */
export function withCommand(sentence: string, words: readonly string[]): string {
  return `${sentence}\n  ${shellWords(['lkm-traffic', ...words])}`;
}
