// SPDX-License-Identifier: MIT
// Checks that includes and imports go one way, from the upper rooms to the lower ones: scripts/rooms.txt is the table.
// usage: node scripts/check-rooms.mjs [--order] [--root DIR]
//   --order     also print the units of each tree from top to bottom: a unit uses only those below it
//   --root DIR  the repository to check; default: this one
// A unit is a file without its extension: flow.c and flow.h are one. Prints a line for each violation; status 1 if there is one.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { order: { type: 'boolean' }, root: { type: 'string' } } });
const root = values.root ?? path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const table = 'scripts/rooms.txt';

/** The trees of the table: each has its rooms, the uppermost first, as lists of files and folders. */
function readTable() {
  const trees = [];
  for (const [index, line] of readFileSync(path.join(root, table), 'utf8').split('\n').entries()) {
    const [, indent, name, members] = /^(\s*)([\w-]+):\s*([^#]*?)\s*(?:#.*)?$/.exec(line) ?? [];
    if (name === undefined && /^\s*(#.*)?$/.test(line)) continue;
    if (name === undefined || (indent !== '' && trees.length === 0)) {
      throw new Error(`${table}:${index + 1}: expected 'TREE:', or an indented 'ROOM: FILE or FOLDER/ …'`);
    }
    if (indent === '') trees.push({ name, rooms: [] });
    else trees.at(-1).rooms.push({ name, members: members.split(/\s+/).filter((member) => member !== '') });
  }
  return trees;
}

function filesBelow(folder, below = '') {
  return readdirSync(path.join(folder, below), { withFileTypes: true })
    .flatMap((entry) => {
      const name = path.posix.join(below, entry.name);
      return entry.isDirectory() ? filesBelow(folder, name) : [name];
    })
    .filter((name) => /\.(?:[ch]|ts)$/.test(name) && !name.endsWith('.mod.c'))
    .sort();
}

/** `from './x'`, `import './x'`, `import('./x')`, `require('./x')`, of types too; and `#include "x"`. */
const IMPORT = /\b(?:from|import|require)\s*\(?\s*['"](\.[^'"]*)['"]/g;
const INCLUDE = /^[ \t]*#[ \t]*include[ \t]+"([^"]+)"/gm;

/** What a file uses of its own tree, with the line that says so. A C file is named from the tree's top, or from its own folder. */
function usesOf(tree, file, files) {
  const text = readFileSync(path.join(root, tree, file), 'utf8');
  return [...text.matchAll(file.endsWith('.ts') ? IMPORT : INCLUDE)].map(({ 0: match, 1: written, index }) => {
    const beside = path.posix.join(path.posix.dirname(file), written);
    return {
      line: text.slice(0, index + match.lastIndexOf(written)).split('\n').length,
      written,
      used: [written, beside, `${beside}.ts`, `${beside}/index.ts`].find((name) => files.has(name)),
    };
  });
}

const unitOf = (file) => file.replace(/\.\w+$/, '');
const folderOf = (file) => path.posix.dirname(file);

/**
 * The nodes from top to bottom, each above all that it uses; then the edges of a cycle, if one keeps the rest from being
 * put in order. `edges` is a map from a node to a map from each node that it uses to the place where it does.
 */
function putInOrder(nodes, edges) {
  const order = [];
  const states = new Map();
  let cycle;
  const visit = (node, way) => {
    if (states.get(node) === 'done') return;
    if (states.get(node) === 'open') {
      cycle ??= [...way.slice(way.indexOf(node)), node];
      return;
    }
    states.set(node, 'open');
    for (const used of edges.get(node)?.keys() ?? []) visit(used, [...way, node]);
    states.set(node, 'done');
    order.unshift(node);
  };
  for (const node of [...nodes].reverse()) visit(node, []);
  return { order, cycle: (cycle ?? []).slice(1).map((used, n) => ({ place: edges.get(cycle[n]).get(used), used })) };
}

function checkTree({ name: tree, rooms }) {
  const violations = [];
  const files = new Set(filesBelow(path.join(root, tree)));
  const roomOf = (file) =>
    rooms.findIndex(({ members }) =>
      members.some((member) => (member.endsWith('/') ? file.startsWith(member) : unitOf(file) === member)),
    );
  const unused = rooms
    .flatMap(({ members }) => members)
    .filter(
      (member) =>
        ![...files].some((file) => (member.endsWith('/') ? file.startsWith(member) : unitOf(file) === member)),
    );
  for (const member of unused) violations.push(`${table}: ${tree}/${member} does not exist`);

  const units = new Map();
  const folders = new Map();
  const add = (edges, from, to, place) => {
    if (from === to) return;
    if (!edges.has(from)) edges.set(from, new Map());
    if (!edges.get(from).has(to)) edges.get(from).set(to, place);
  };
  for (const file of files) {
    const room = roomOf(file);
    if (room < 0) {
      violations.push(`${tree}/${file}: is in no room of ${table}`);
      continue;
    }
    for (const { line, written, used } of usesOf(tree, file, files)) {
      const place = `${tree}/${file}:${line}: uses ${written}`;
      if (used === undefined) {
        violations.push(`${place}, which is no file of ${tree}/`);
        continue;
      }
      const usedRoom = roomOf(used);
      if (usedRoom >= 0 && usedRoom < room) {
        violations.push(`${place}: '${rooms[room].name}' is below '${rooms[usedRoom].name}' and may not use it`);
      }
      add(units, unitOf(file), unitOf(used), place);
      // The files at the top of a tree are in rooms of their own.
      if (folderOf(file) !== '.' && folderOf(used) !== '.') add(folders, folderOf(file), folderOf(used), place);
    }
  }
  const names = [...new Set([...files].sort((a, b) => roomOf(a) - roomOf(b)).map(unitOf))];
  const { order, cycle } = putInOrder(names, units);
  const folderCycle = putInOrder([...folders.keys()], folders).cycle;
  for (const { place } of cycle) violations.push(`${place}: part of a cycle of units`);
  for (const { place, used } of folderCycle)
    violations.push(`${place}: part of a cycle of folders, through ${tree}/${used}`);
  if (values.order) for (const unit of order) console.log(`${tree}/${unit}`);
  return violations;
}

const violations = readTable().flatMap(checkTree);
for (const violation of violations) console.error(violation);
process.exitCode = violations.length > 0 ? 1 : 0;
