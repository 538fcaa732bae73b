// Logout messages, and the two bindings that carry them. What a case holds is what comes in: a query, or the body of a form.
import { add } from '../case.mjs';
import { element, nameId, scene, success } from '../documents.mjs';
import { ns, uri } from '../names.mjs';
import { sign } from '../sign.mjs';
import { hashOf, signerOf } from '../signers.mjs';

export const sloUrl = 'https://sp.example/saml/acme/slo';
export const issuer = () => element('saml:Issuer', scene.issuer);

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
const attribute = (name, value) => (value === null ? '' : ` ${name}="${escaped(value)}"`);

export function logoutRequest({
  id = '_logout',
  notOnOrAfter = scene.end,
  subject = nameId(),
  indexes = ['_session'],
  attributes = '',
  ...common
} = {}) {
  const content = subject + indexes.map((index) => element('samlp:SessionIndex', index)).join('');
  return message('LogoutRequest', { id, ...common, attributes: attribute('NotOnOrAfter', notOnOrAfter) + attributes, content });
}

export function logoutResponse({ id = '_answer', inResponseTo = '_asked', status = success(), attributes = '', ...common } = {}) {
  return message('LogoutResponse', {
    id,
    ...common,
    attributes: attribute('InResponseTo', inResponseTo) + attributes,
    content: status,
  });
}

function message(name, parts) {
  const { id, version = '2.0', issueInstant = scene.now, destination = sloUrl, attributes, content } = parts;
  const { issuer: by = issuer(), extensions = '', after = '' } = parts;
  return (
    `<samlp:${name} xmlns:samlp="${ns.samlp}" xmlns:saml="${ns.saml}"${attribute('ID', id)}${attribute('Version', version)}` +
    `${attribute('IssueInstant', issueInstant)}${attribute('Destination', destination)}${attributes}>` +
    `${by}${extensions}${content}${after}</samlp:${name}>`
  );
}

const sideOf = (xml) => (xml.includes('LogoutResponse ') ? 'SAMLResponse' : 'SAMLRequest');
const idOf = (xml) => xml.match(/\bID="([^"]*)"/)[1];

/** DEFLATE without compression: the same bytes from every compressor. */
export function stored(text) {
  const bytes = Buffer.from(text);
  const blocks = [];
  for (let at = 0; at === 0 || at < bytes.length; at += 0xffff) {
    const block = bytes.subarray(at, at + 0xffff);
    const head = Buffer.from([at + 0xffff >= bytes.length ? 1 : 0, 0, 0, 0, 0]);
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(block.length ^ 0xffff, 3);
    blocks.push(head, block);
  }
  return Buffer.concat(blocks);
}

/** DEFLATE of many times 258 letters in 13 bits each (RFC 1951, section 3.2.6): what a bomb is made of. */
export function bomb(times) {
  // The last block, of fixed codes; then one letter to repeat.
  const bits = ['1', '10', '10010001'];
  for (let i = 0; i < times; i++) bits.push('11000101', '00000');
  bits.push('0000000');
  const all = bits.join('');
  const bytes = Buffer.alloc(Math.ceil(all.length / 8));
  for (let at = 0; at < all.length; at++) bytes[at >> 3] |= Number(all[at]) << (at & 7);
  return bytes;
}

export const signOctets = (
  octets,
  { key = 'idp', algorithm = uri.rsaSha256, signer = signerOf(algorithm), hash = hashOf(algorithm) } = {},
) => signer(Buffer.from(octets), key, hash).toString('base64');

/** The parameters of a signed query in their order, `[name, escaped value]`. */
export function parameters(xml, { side = sideOf(xml), relayState, escape = encodeURIComponent, deflate = stored, ...how } = {}) {
  const list = [[side, escape(deflate(xml).toString('base64'))]];
  if (relayState !== undefined) list.push(['RelayState', escape(relayState)]);
  list.push(['SigAlg', escape(how.sigAlg ?? how.algorithm ?? uri.rsaSha256)]);
  return [...list, ['Signature', escape(signOctets(joined(list), how))]];
}

export const joined = (list) => list.map(([name, value]) => `${name}=${value}`).join('&');
export const redirect = (xml, how) => joined(parameters(xml, how));

/** The body of a form with the message, signed as its document element; `changed` is what becomes of it then. */
export function post(xml, { side = sideOf(xml), relayState, changed = (signed) => signed, ...how } = {}) {
  const place = /<(\w+:)?Issuer[ >]/.test(xml) ? {} : { place: first };
  const fields = { [side]: Buffer.from(changed(sign(xml, { id: idOf(xml), ...place, ...how }))).toString('base64') };
  return form(relayState === undefined ? fields : { ...fields, RelayState: relayState });
}

const first = (xml, signature) => xml.replace(/^<[^>]*>/, (start) => start + signature);

export const form = (fields) => new URLSearchParams(fields).toString();

/** `accepted`: what is read of the message. */
export function takes(binding, name, why, wire, accepted, settings = {}) {
  add(`logout/accept/${binding}/${name}`, { why, accepted, ...settings }, wire);
}

/** `expected`: `code`, or `code: detail`. */
export function refuses(binding, name, expected, why, wire, settings = {}) {
  const [code, ...detail] = expected.split(': ');
  const refused = detail.length ? { code, detail: detail.join(': ') } : { code };
  add(`logout/refuse/${binding}/${name}`, { why, refused, ...settings }, wire);
}
