// SPDX-License-Identifier: MIT
/** A registry of npm's with three packages, and a project that needs them. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './named';
import { outputOf } from './program';
import { countingServer, type CountingServer } from './server';

export interface Registry {
  readonly server: CountingServer;
  /** What has npm ask this registry, with a cache that is empty, and for nothing else. */
  readonly env: NodeJS.ProcessEnv;
  /** Makes package.json and package-lock.json there. */
  readonly project: (root: string) => void;
}

/** The last package of the project has the file `data`. */
export const installed = 'node_modules/third/data';

export async function registry(host?: string): Promise<Registry> {
  const root = folder();
  const names = ['first', 'second', 'third'];
  const packages = new Map<string, Buffer>();
  const server = await countingServer(
    (request, response) => {
      response.end(packages.get(request.url ?? '') ?? '{}');
    },
    { host },
  );
  const dependencies = Object.fromEntries(names.map((name) => [name, '1.0.0']));
  const locked: Record<string, object> = { '': { dependencies } };
  for (const name of names) {
    const source = join(root, name, 'package');
    mkdirSync(source, { recursive: true });
    writeFileSync(join(source, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
    await outputOf('sh', ['-c', `head -c 50000 /dev/urandom > ${source}/data`]);
    await outputOf('tar', ['-C', join(root, name), '-czf', join(root, `${name}.tgz`), 'package']);
    const content = readFileSync(join(root, `${name}.tgz`));
    packages.set(`/${name}/-/${name}-1.0.0.tgz`, content);
    const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
    const resolved = `${server.url}/${name}/-/${name}-1.0.0.tgz`;
    locked[`node_modules/${name}`] = { version: '1.0.0', resolved, integrity };
  }
  return {
    server,
    env: {
      npm_config_registry: server.url,
      npm_config_cache: join(root, 'cache'),
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
    },
    project: (path) => {
      const about = { name: 'project', version: '1.0.0' };
      writeFileSync(join(path, 'package.json'), JSON.stringify({ ...about, dependencies }));
      writeFileSync(
        join(path, 'package-lock.json'),
        JSON.stringify({ ...about, lockfileVersion: 3, requires: true, packages: locked }),
      );
    },
  };
}
