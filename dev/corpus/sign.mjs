// Signing by hand: a library makes sound signatures only. Canonical bytes are xml-crypto's, the public-key
// operation is in signers.mjs; everything between can be bent by a case.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { C14nCanonicalization, ExclusiveCanonicalization } from 'xml-crypto';
import { keys } from './keys.mjs';
import { ns, uri } from './names.mjs';
import { hashOf, signerOf } from './signers.mjs';

// The parser that xml-crypto works on.
const { DOMParser } = createRequire(import.meta.resolve('xml-crypto'))('@xmldom/xmldom');

const PLACEHOLDER = '@SignatureValue@';
const same = (text) => text;

/**
 * `xml` with a signature of the element of an `ID`, after its `Issuer`. Every part can be replaced (`transforms`,
 * `canonicalizationMethod`, `keyInfo`) or edited (`edit.canonical`: the bytes that are digested; `edit.digestValue`,
 * `edit.reference`, `edit.signedInfo`, `edit.signature`, `edit.signatureValue`); what is signed is always the SignedInfo
 * as it then stands.
 */
export function sign(xml, options = {}) {
  const o = {
    id: '_assertion',
    key: 'idp',
    algorithm: uri.rsaSha256,
    digest: uri.sha256,
    inclusive: false,
    prefixes: [],
    prefix: 'ds',
    indent: '',
    wrap: same,
    place: afterIssuer,
    ...options,
  };
  o.edit = {
    canonical: same,
    digestValue: same,
    reference: same,
    signedInfo: same,
    signature: same,
    signatureValue: same,
    ...options.edit,
  };
  const signed = elementOfId(parse(xml), o.id);
  const bytes = o.edit.canonical(o.inclusive ? inclusive(signed) : exclusive(signed, o.prefixes));
  const digest = createHash(o.digestHash ?? hashOf(o.digest))
    .update(bytes)
    .digest('base64');
  const unsigned = o.place(xml, signature(o, o.edit.digestValue(o.wrap(digest))), o.id);
  const signer = o.signer ?? signerOf(o.algorithm);
  const value = signer(signedInfoBytes(unsigned, o), o.key, o.signatureHash ?? hashOf(o.algorithm));
  return unsigned.replace(PLACEHOLDER, () => o.edit.signatureValue(o.wrap(value.toString('base64'))));
}

export const signAssertion = (xml, options) => sign(xml, { id: '_assertion', ...options });
export const signResponse = (xml, options) => sign(xml, { id: '_response', ...options });
export const signBoth = (xml, options) => signResponse(signAssertion(xml, options), options);

function signature(o, digestValue) {
  const d = o.prefix ? `${o.prefix}:` : '';
  const declaration = o.prefix ? `xmlns:${o.prefix}` : 'xmlns';
  const i = o.indent;
  const list = o.prefixes.length
    ? `<ec:InclusiveNamespaces xmlns:ec="${uri.exclusive}" PrefixList="${o.prefixes.join(' ')}"/>`
    : '';
  const transforms =
    o.transforms ??
    `<${d}Transforms><${d}Transform Algorithm="${uri.enveloped}"/>` +
      (o.inclusive ? '' : `<${d}Transform Algorithm="${uri.exclusive}">${list}</${d}Transform>`) +
      `</${d}Transforms>`;
  const target = o.uri === undefined ? `#${o.id}` : o.uri;
  const reference = o.edit.reference(
    `<${d}Reference${target === null ? '' : ` URI="${target}"`}>${i}${transforms}${i}` +
      `<${d}DigestMethod Algorithm="${o.digest}"/>${i}<${d}DigestValue>${digestValue}</${d}DigestValue>${i}</${d}Reference>`,
  );
  const signedInfo = o.edit.signedInfo(
    `<${d}SignedInfo>${i}${o.canonicalizationMethod ?? `<${d}CanonicalizationMethod Algorithm="${uri.exclusive}"/>`}${i}` +
      `${o.signatureMethod ?? `<${d}SignatureMethod Algorithm="${o.algorithm}"/>`}${i}${reference}${i}</${d}SignedInfo>`,
  );
  return o.edit.signature(
    `<${d}Signature ${declaration}="${ns.ds}">${i}${signedInfo}${i}` +
      `<${d}SignatureValue>${PLACEHOLDER}</${d}SignatureValue>${i}${o.keyInfo ?? ''}</${d}Signature>`,
  );
}

/** `ds:KeyInfo` with the certificate of a key. */
export function certificateInfo(key, d = 'ds:') {
  return `<${d}KeyInfo><${d}X509Data><${d}X509Certificate>${keys(key).certificate}</${d}X509Certificate></${d}X509Data></${d}KeyInfo>`;
}

/** Puts a signature where SAML wants it: after the Issuer of the element of an `ID`. */
export function afterIssuer(xml, signature, id) {
  const at = xml.indexOf(`ID="${id}"`);
  const end = /<\/(?:[^<>:]+:)?Issuer>\s*/.exec(xml.slice(at));
  const place = at + end.index + end[0].length;
  return xml.slice(0, place) + signature + xml.slice(place);
}

/** The canonical bytes of the SignedInfo whose SignatureValue is still missing. */
function signedInfoBytes(xml, o) {
  const document = parse(xml);
  const values = Array.from(document.getElementsByTagNameNS(ns.ds, 'SignatureValue'));
  const value = values.find((one) => one.textContent === PLACEHOLDER);
  const infos = Array.from(value.parentNode.childNodes).filter((child) => child.localName === 'SignedInfo');
  const info = infos[o.signedInfoAt ?? 0];
  return o.signedInfoInclusive ? inclusive(info) : exclusive(info, o.signedInfoPrefixes);
}

/** A document, or an error: nothing is repaired. */
export function parse(xml) {
  const fail = (message) => {
    throw new Error(`${message}\n${xml}`);
  };
  return new DOMParser({ errorHandler: { warning: fail, error: fail, fatalError: fail } }).parseFromString(xml, 'text/xml');
}

export function elementOfId(document, id) {
  const found = Array.from(document.getElementsByTagName('*')).find((one) => one.getAttribute('ID') === id);
  if (!found) throw new Error(`no element has the ID ${id}`);
  return found;
}

/** Exclusive XML Canonicalization. Changes the tree: it is parsed anew for each use. */
export function exclusive(element, prefixes = []) {
  return new ExclusiveCanonicalization().process(element, {
    inclusiveNamespacesPrefixList: prefixes,
    ancestorNamespaces: inForce(element),
  });
}

function inclusive(element) {
  return new C14nCanonicalization().process(element, { ancestorNamespaces: inForce(element) });
}

/** The namespaces that elements around this one declare, each prefix once, and without the default. */
function inForce(element) {
  const found = new Map();
  for (let around = element.parentNode; around?.attributes; around = around.parentNode) {
    for (const { prefix, localName, value } of Array.from(around.attributes)) {
      if (prefix === 'xmlns' && !found.has(localName)) found.set(localName, value);
    }
  }
  return [...found].map(([prefix, namespaceURI]) => ({ prefix, namespaceURI }));
}
