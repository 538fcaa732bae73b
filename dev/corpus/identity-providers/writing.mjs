// What the layouts have in common.
import { escaped } from '../documents.mjs';
import { ns } from '../names.mjs';

export const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
export const entity = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity';
export const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
export const microsoft = 'http://schemas.microsoft.com/identity/claims';
export const context = (name) => `urn:oasis:names:tc:SAML:2.0:ac:classes:${name}`;
export const format = (name) => `urn:oasis:names:tc:SAML:2.0:attrname-format:${name}`;
export const xs = `xmlns:xs="${ns.xs}"`;
export const xsi = `xmlns:xsi="${ns.xsi}"`;

/** A time as it is given, and with milliseconds. */
export const seconds = (time) => time;
export const millis = (time) => time.replace(/Z$/, '.000Z');

/** `InResponseTo`, where there is a request to answer. */
export const answering = (id) => (id === null ? '' : ` InResponseTo="${escaped(id)}"`);

/** Base64 in lines of 76 characters, with `end` between them. */
export const lines = (end) => (text) => text.match(/.{1,76}/g).join(end);

/** What stands in an AttributeValue: text, or markup in `{ xml }`. */
const content = (value) => (typeof value === 'object' ? value.xml : escaped(value));

/** The AttributeValues of a list; null is a nil one. `attributes` are those of each element, with a space before. */
export function values(list, prefix, attributes = '') {
  const name = `${prefix}AttributeValue`;
  const nil = attributes.includes('xmlns:xsi=') ? '' : ` ${xsi}`;
  const one = (value) =>
    value === null ? `<${name}${attributes}${nil} xsi:nil="true"/>` : `<${name}${attributes}>${content(value)}</${name}>`;
  return list.map(one).join('');
}
