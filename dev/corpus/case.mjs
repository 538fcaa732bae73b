// One case a file: what is expected, as JSON, then a line of four dashes, then the bytes of the response.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const corpus = new URL('../../tests/saml/', import.meta.url);

const files = new Map();

/** `accepted`: what the assertion must come to. `settings`: where the scene is another than the usual one. */
export function accept(name, why, document, accepted = {}, settings = {}) {
  const expected = { nameId: 'ada@example.com', signed: 'Assertion', key: 'idp', ...accepted };
  add(`accept/${name}`, { why, accepted: expected, ...settings }, document);
}

/** `expected`: `code`, or `code: detail` where the code alone does not tell which rule refused. */
export function refuse(name, expected, why, document, settings = {}) {
  const [code, ...detail] = expected.split(': ');
  const refused = detail.length ? { code, detail: detail.join(': ') } : { code };
  add(`refuse/${name}`, { why, refused, ...settings }, document);
}

/** A case whose header is its own affair. */
export function add(name, header, document) {
  const file = `${name}.case`;
  if (files.has(file)) throw new Error(`two cases are named ${file}`);
  const bytes = typeof document === 'string' ? Buffer.from(document) : document;
  files.set(file, Buffer.concat([Buffer.from(`${JSON.stringify(header, null, 1)}\n----\n`), bytes]));
}

/** A file that holds several small cases: a line for each entry of what it holds. */
export function data(file, value) {
  const entry = (one) =>
    Array.isArray(one) ? `[\n${one.map((part) => JSON.stringify(part)).join(',\n')}\n]` : JSON.stringify(one);
  const lines = Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${entry(one)}`);
  files.set(file, Buffer.from(`{\n${lines.join(',\n')}\n}\n`));
}

/** Writes all cases, and nothing else stays. With `check`, only tells what would change. */
export function finish({ check }) {
  const old = ['accept', 'refuse', 'logout/accept', 'logout/refuse'].flatMap((folder) => present(folder));
  const changed = [];
  for (const [file, bytes] of files) {
    const path = fileURLToPath(new URL(file, corpus));
    if (existsSync(path) && readFileSync(path).equals(bytes)) continue;
    changed.push(file);
    if (check) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  for (const file of old.filter((one) => !files.has(one))) {
    changed.push(file);
    if (!check) rmSync(new URL(file, corpus));
  }
  return { files: files.size, changed };
}

function present(folder) {
  const inside = (() => {
    try {
      return readdirSync(new URL(folder, corpus), { recursive: true });
    } catch {
      return [];
    }
  })();
  return inside.filter((file) => file.endsWith('.case')).map((file) => `${folder}/${file}`);
}
