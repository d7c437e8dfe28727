// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv/dist/2020';

const FILE = path.join(__dirname, '../../../schema/lkm-traffic-1.schema.json');

/** The schema lets readers meet new members; here none may be undocumented. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  return 'properties' in copy ? { additionalProperties: false, ...copy } : copy;
}

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const validate = ajv.compile(closed(JSON.parse(fs.readFileSync(FILE, 'utf8'))) as object);

/** What is wrong with a JSON document, by the shipped schema; empty when nothing is. */
export function schemaErrors(text: string): string[] {
  if (validate(JSON.parse(text))) return [];
  return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}
