// Holds the admin API to www/openapi.json: every answer that a test gets is checked against it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { root } from '../../../dev/setup/command.mjs';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];
/** What a field's error can be about that the schema of the request says as well. */
const SAID_BY_SCHEMA = ['required', 'unknown_field', 'unknown_value', 'wrong_type', 'too_long', 'out_of_range'];

export const document = JSON.parse(readFileSync(join(root, 'www/openapi.json'), 'utf8'));

/** `[{ method, path, pointer, operation }]`, methods in capitals. */
export const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method]).map((method) => ({
    method: method.toUpperCase(),
    path,
    pointer: `#/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}`,
    operation: item[method],
    matches: new RegExp(`^${path.replaceAll(/[.]/g, '\\.').replaceAll(/\{[^}]*\}/g, '[^/]+')}$`),
  })),
);

/** What `$ref` or the thing itself says, and where it is. */
export function resolve(pointer) {
  const value = pointer.slice(2).split('/').reduce((at, key) => at[decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')], document);
  return value.$ref ? resolve(value.$ref) : { pointer, value };
}

/** A client must bear fields that it does not know; a test must not. */
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return schema.type === 'object' && schema.properties ? { additionalProperties: false, ...copy } : copy;
}

let ajv;
function validator(pointer) {
  if (!ajv) {
    ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
    addFormats(ajv);
    ajv.addVocabulary(Object.keys(document));
    ajv.addSchema({ ...document, components: { ...document.components, schemas: closed(document.components.schemas) } }, 'postern');
  }
  const id = `postern${pointer.replaceAll('{', '%7B').replaceAll('}', '%7D')}`;
  return ajv.getSchema(id) ?? ajv.compile({ $ref: id });
}

/** The errors of a value under the schema at a pointer, as text; empty if there are none. */
export function schemaErrors(pointer, value) {
  const validate = validator(pointer);
  return validate(value) ? '' : ajv.errorsText(validate.errors, { separator: '\n' });
}

/** Which documented answers have been seen: `createAccount 201`. */
export const seen = new Set();

/** Throws when a call and its answer are not as the document says. `body` is the answer's, `json` what was sent. */
export function checkAnswer({ method, path, json, status, headers, body }) {
  const where = `${method} ${path} → ${status}`;
  const found = operations.find((one) => one.method === method && one.matches.test(path.split('?')[0]));
  const responses = found?.operation.responses;
  if (!responses) {
    // A path that is not there, or a method that it does not have.
    if (![404, 405].includes(status)) throw new Error(`${where}: this route is not documented`);
    return fail(where, schemaErrors('#/components/schemas/Problem', body));
  }
  if (!responses[status]) throw new Error(`${where}: this status is not documented`);
  seen.add(`${found.operation.operationId} ${status}`);
  const { pointer, value } = resolve(`${found.pointer}/responses/${status}`);
  for (const name of Object.keys(value.headers ?? {})) {
    const header = resolve(`${pointer}/headers/${name}`);
    if (!headers.has(name) && !header.value.required) continue;
    if (!headers.has(name)) throw new Error(`${where}: the header ${name} is missing`);
    fail(`${where} ${name}`, schemaErrors(`${header.pointer}/schema`, headers.get(name)));
  }
  const [type] = (headers.get('content-type') ?? '').split(';');
  const documented = Object.keys(value.content ?? {});
  if (documented.length === 0 ? body !== '' : !documented.includes(type)) throw new Error(`${where}: ${type || 'no type'} instead of ${documented}`);
  if (documented.length > 0) fail(where, schemaErrors(`${pointer}/content/${type.replaceAll('/', '~1')}/schema`, body));
  return checkRequest(where, found, json, status, body);
}

/** What is taken is documented, and what is refused for its form is not. */
function checkRequest(where, { pointer, operation }, json, status, body) {
  const [type] = Object.keys(operation.requestBody?.content ?? {});
  if (!type || json === undefined) return;
  const errors = schemaErrors(`${pointer}/requestBody/content/${type.replaceAll('/', '~1')}/schema`, json);
  if (status < 300) fail(`${where} took`, errors);
  if (status === 422 && !errors && body.errors.some(({ code }) => SAID_BY_SCHEMA.includes(code))) {
    throw new Error(`${where} refused what the document allows: ${JSON.stringify(body.errors)}`);
  }
}

function fail(where, errors) {
  if (errors) throw new Error(`${where} is not as www/openapi.json says: ${errors}`);
}
