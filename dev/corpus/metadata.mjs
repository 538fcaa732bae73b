// Metadata of identity providers, alone, in lists and signed, for tests/saml/metadata.rs.
//   document          the bytes
//   wanted, preferred the entity that must be it, or that it is among several
//   pinned            the name of the key that must have signed
//   entityId          who is read; keys: whose certificates; cacheSeconds: how long it may be kept
//   refused           what the error says
import { certificateInfo, sign } from './sign.mjs';

const NS = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"';
const one = 'https://one.example';
const two = 'https://two.example';

const role = (names = ['idp'], attributes = '') =>
  `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"${attributes}>` +
  names.map((name) => `<md:KeyDescriptor use="signing">${certificateInfo(name)}</md:KeyDescriptor>`).join('') +
  '<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/></md:IDPSSODescriptor>';
const sp = '<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/>';
const entity = (id, { attributes = '', inside = role() } = {}) => `<md:EntityDescriptor ${NS} entityID="${id}"${attributes}>${inside}</md:EntityDescriptor>`;
const list = (...inside) => `<md:EntitiesDescriptor ${NS}>${inside.join('')}</md:EntitiesDescriptor>`;
const id = (xml) => xml.replace(/^<md:\w+/, (start) => `${start} ID="_metadata"`);
const first = (xml, signature) => xml.replace(/^<md:[^>]*>/, (start) => start + signature);
const signed = (xml, options) => sign(id(xml), { id: '_metadata', place: first, key: 'idp-next', ...options });
const pinned = 'idp-next';
const changed = (xml) => xml.replace('https://idp.example/sso', 'https://evil.example/sso');
const many = Array.from({ length: 12 }, (_, index) => entity(`https://${index}.example`));

export const metadata = () => ({
  'one entity': { document: entity(one), entityId: one, keys: ['idp'] },
  'one entity that is wanted': { document: entity(one), wanted: one, entityId: one, keys: ['idp'] },
  'one entity that is not the wanted one': { document: entity(one), wanted: two, refused: `does not have the wanted entity ID. It has: ${one}.` },
  'a list of one': { document: list(entity(one)), entityId: one, keys: ['idp'] },
  'a list in a list': { document: list(list(entity(one)), list()), entityId: one, keys: ['idp'] },
  'a list of one with service providers beside': { document: list(entity(two, { inside: sp }), entity(one)), entityId: one, keys: ['idp'] },
  'a list of two': { document: list(entity(one), entity(two)), refused: `Say which one is meant, for instance: ${one}, ${two}.` },
  'a list of two, one wanted': { document: list(entity(one), list(entity(two, { inside: role(['idp-next']) }))), wanted: two, entityId: two, keys: ['idp-next'] },
  'a list of two, one preferred': { document: list(entity(one), entity(two)), preferred: two, entityId: two, keys: ['idp'] },
  'a list of two, another preferred': { document: list(entity(one), entity(two)), preferred: 'https://three.example', refused: 'Say which one is meant' },
  'a list of two, another wanted': { document: list(entity(one), entity(two)), wanted: 'https://three.example', refused: 'does not have the wanted entity ID' },
  'a list of one, another preferred': { document: list(entity(one)), preferred: two, entityId: one, keys: ['idp'] },
  'a list of one twice': { document: list(entity(one), entity(one)), wanted: one, refused: 'does not have the wanted entity ID' },
  'a list of twelve tells of ten': { document: list(...many), refused: 'https://8.example, https://9.example.' },
  'a list of none': { document: list(entity(one, { inside: sp })), refused: 'lists no identity provider' },
  'an empty list': { document: list(), refused: 'lists no identity provider' },
  'an entity hidden in an extension': {
    document: list(`<md:EntityDescriptor entityID="${two}"><md:Extensions>${entity(one)}</md:Extensions>${sp}</md:EntityDescriptor>`),
    refused: 'lists no identity provider',
  },

  'valid until later': { document: entity(one, { attributes: ' validUntil="2026-11-22T06:00:01Z"' }), entityId: one, keys: ['idp'] },
  'valid until now': { document: entity(one, { attributes: ' validUntil="2026-11-22T06:00:00Z"' }), refused: 'valid until 2026-11-22T06:00:00Z only' },
  'valid until a time that is none': { document: entity(one, { attributes: ' validUntil="tomorrow"' }), refused: 'valid until tomorrow only' },
  'in a list that was valid': { document: list(entity(one)).replace(NS, `${NS} validUntil="2026-11-21T00:00:00Z"`), refused: 'valid until 2026-11-21' },
  'of a role that was valid': { document: entity(one, { inside: role(['idp'], ' validUntil="2026-11-21T00:00:00Z"') }), refused: 'valid until 2026-11-21' },
  'beside an entity that was valid': {
    document: list(entity(two, { attributes: ' validUntil="2026-11-21T00:00:00Z"' }), entity(one)),
    wanted: one,
    entityId: one,
    keys: ['idp'],
  },
  ...Object.fromEntries(
    Object.entries({ PT1H: 3600, P1D: 86400, PT604800S: 604800, 'P0Y0M0DT6H0M0.000S': 21600, P1Y2M3DT4H5M6S: 36993906, P1M: 2592000, PT5M: 300 }).map(
      ([text, cacheSeconds]) => [`kept for ${text}`, { document: entity(one, { attributes: ` cacheDuration="${text}"` }), entityId: one, keys: ['idp'], cacheSeconds }],
    ),
  ),
  ...Object.fromEntries(
    ['', '-PT1H', '1H', 'P1H', 'PT1D', 'PTxH', 'PT99999999999H', 'P4294967295Y'].map((text) => [
      `kept for ${text || 'nothing'}, which is no time`,
      { document: entity(one, { attributes: ` cacheDuration="${text}"` }), entityId: one, keys: ['idp'] },
    ]),
  ),
  'kept for the shortest of list and entity': {
    document: list(entity(one, { attributes: ' cacheDuration="PT2H"' })).replace(NS, `${NS} cacheDuration="PT1H"`),
    entityId: one,
    keys: ['idp'],
    cacheSeconds: 3600,
  },

  'signed by the pinned key': { document: signed(entity(one)), pinned, entityId: one, keys: ['idp'] },
  'signed, and no key pinned': { document: signed(entity(one)), entityId: one, keys: ['idp'] },
  'a signed list': { document: signed(list(entity(one), entity(two))), pinned, wanted: two, entityId: two, keys: ['idp'] },
  'signed with a byte order mark': { document: `\ufeff${signed(entity(one))}`, pinned, entityId: one, keys: ['idp'] },
  'signed by a curve': { document: signed(entity(one), { key: 'ec-p256', algorithm: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256' }), pinned: 'ec-p256', entityId: one, keys: ['idp'] },
  'not signed': { document: entity(one), pinned, refused: 'is not signed, and a certificate is pinned' },
  'signed by another key': { document: signed(entity(one), { key: 'attacker' }), pinned, refused: 'not signed by the pinned certificate' },
  'signed by another key that it brings along': {
    document: signed(entity(one), { key: 'attacker', keyInfo: certificateInfo('attacker') }),
    pinned,
    refused: 'not signed by the pinned certificate',
  },
  'signed by the key of the identity provider, not the pinned one': { document: signed(entity(one), { key: 'idp' }), pinned, refused: 'not signed by the pinned certificate' },
  'changed after it was signed': { document: changed(signed(entity(one))), pinned, refused: 'changed after it was signed' },
  'signed with SHA-1': { document: signed(entity(one), { algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }), pinned, refused: 'algorithm that is not allowed' },
  'a list with one entity signed': { document: list(signed(entity(one))), pinned, refused: 'is not signed, and a certificate is pinned' },
  'a signed entity wrapped in another': {
    document: entity(two).replace('</md:EntityDescriptor>', `<md:Extensions>${signed(entity(one))}</md:Extensions></md:EntityDescriptor>`),
    pinned,
    refused: 'is not signed, and a certificate is pinned',
  },
  'a signature of another element': {
    document: first(id(entity(two)).replace('_metadata', '_other'), /<ds:Signature .*<\/ds:Signature>/s.exec(signed(entity(one)))[0]),
    pinned,
    refused: 'refers to something else',
  },
  'a signature without a reference to its element': { document: signed(entity(one), { uri: '' }), pinned, refused: 'refers to something else' },
  'a signature that is not the first child': {
    document: signed(entity(one), { place: (xml, signature) => xml.replace('</md:EntityDescriptor>', `${signature}</md:EntityDescriptor>`) }),
    pinned,
    refused: 'is not signed, and a certificate is pinned',
  },
  'signed with a comment': { document: signed(entity(one)).replace('<md:SingleSign', '<!-- a --><md:SingleSign'), pinned, refused: 'a comment' },
  'signed and not valid any more': { document: signed(entity(one, { attributes: ' validUntil="2026-11-22T06:00:00Z"' })), pinned, refused: 'valid until' },
  'signed, of another entity': { document: signed(entity(one)), pinned, wanted: two, refused: 'does not have the wanted entity ID' },
});
