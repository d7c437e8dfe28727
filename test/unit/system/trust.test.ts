// SPDX-License-Identifier: MIT
import { weakness } from '../../../src/system/trust';

type Stats = Partial<{ uid: number; mode: number; link: boolean }>;

function host(euid: number, stats: Readonly<Record<string, Stats>>): Parameters<typeof weakness>[0] {
  return {
    euid,
    lstat: (file) => ({
      uid: stats[file]?.uid ?? 0,
      mode: stats[file]?.mode ?? 0o755,
      isDirectory: () => true,
      isFile: () => false,
      isSymbolicLink: () => stats[file]?.link ?? false,
    }),
  };
}

test('accepts a path that only root can write to', () => {
  expect(weakness(host(0, {}), '/var/cache/x.ko')).toBeNull();
});

test.each([
  ['the root folder', { '/': { mode: 0o777 } }],
  ['a folder on the way', { '/var/cache': { mode: 0o1777 } }],
  ['a folder of a group', { '/var': { mode: 0o775 } }],
  ['the file', { '/var/cache/x.ko': { mode: 0o666 } }],
])('rejects a path if other users can write to %s', (_, stats) => {
  expect(weakness(host(0, stats), '/var/cache/x.ko')).toMatch(/other users can write/);
});

test('rejects a folder of another user, and accepts one of the caller', () => {
  const stats = { '/home/u': { uid: 1000 } };
  expect(weakness(host(0, stats), '/home/u/x.ko')).toBe('/home/u belongs to user 1000');
  expect(weakness(host(1000, stats), '/home/u/x.ko')).toBeNull();
});

test('rejects a symbolic link', () => {
  expect(weakness(host(0, { '/var/cache': { link: true } }), '/var/cache/x.ko')).toMatch(/symbolic link/);
});
