// Encryption by hand (XML Encryption 1.1). Keys, vectors and the seed of RSA-OAEP are fixed, so that the same input makes
// the same corpus; everything can be bent by a case.
import { constants, createCipheriv, createHash, createPrivateKey, createPublicKey, publicEncrypt } from 'node:crypto';
import { keys } from './keys.mjs';
import { ns, uri } from './names.mjs';
import { mgf1, xor } from './signers.mjs';

export const XENC = 'http://www.w3.org/2001/04/xmlenc#';
export const XENC11 = 'http://www.w3.org/2009/xmlenc11#';

/** The ciphers that are accepted, by the name in their URI. */
export const ciphers = ['aes128-gcm', 'aes192-gcm', 'aes256-gcm', 'aes128-cbc', 'aes192-cbc', 'aes256-cbc'];
export const cipherUri = (cipher) => `${cipher.endsWith('gcm') ? XENC11 : XENC}${cipher}`;

const digestMethod = (algorithm) => `<ds:DigestMethod xmlns:ds="${ns.ds}" Algorithm="${algorithm}"/>`;
const mgf = (algorithm) => `<xenc11:MGF xmlns:xenc11="${XENC11}" Algorithm="${XENC11}${algorithm}"/>`;

/** How the key can be encrypted: hash, and the EncryptionMethod that says so. */
export const transports = {
  'mgf1p-plain': { hash: 'sha1', uri: `${XENC}rsa-oaep-mgf1p`, parameters: '' },
  'mgf1p-sha1': { hash: 'sha1', uri: `${XENC}rsa-oaep-mgf1p`, parameters: digestMethod(uri.sha1) },
  'oaep-plain': { hash: 'sha1', uri: `${XENC11}rsa-oaep`, parameters: '' },
  'oaep-sha1': { hash: 'sha1', uri: `${XENC11}rsa-oaep`, parameters: digestMethod(uri.sha1) + mgf('mgf1sha1') },
  'oaep-sha256': { hash: 'sha256', uri: `${XENC11}rsa-oaep`, parameters: digestMethod(uri.sha256) + mgf('mgf1sha256') },
};

/** EME-OAEP (RFC 8017, section 7.1.1) with a seed of zeros. */
export function oaep(message, { key = 'sp', hash = 'sha1', label = '' }) {
  const publicKey = createPublicKey(createPrivateKey(keys(key).privateKey));
  const length = publicKey.asymmetricKeyDetails.modulusLength / 8;
  const labelHash = createHash(hash).update(label).digest();
  const zeros = Buffer.alloc(length - message.length - 2 * labelHash.length - 2);
  const block = Buffer.concat([labelHash, zeros, Buffer.from([1]), message]);
  const seed = Buffer.alloc(labelHash.length);
  const masked = xor(block, mgf1(hash, seed, block.length));
  const encoded = Buffer.concat([Buffer.from([0]), xor(seed, mgf1(hash, masked, seed.length)), masked]);
  return publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, encoded);
}

/** XML Encryption's own padding (section 5.2): the last byte counts, the others are whatever they are. */
export function padded(plaintext, { fill = 0, count } = {}) {
  const length = 16 - (plaintext.length % 16);
  const padding = Buffer.alloc(length, fill);
  padding[length - 1] = count ?? length;
  return Buffer.concat([plaintext, padding]);
}

/** Vector, ciphertext and, for GCM, the tag. */
export function content(plaintext, { cipher = 'aes256-gcm', contentKey = keyOf(cipher), padding } = {}) {
  const [, bits, mode] = cipher.match(/^aes(\d+)-(gcm|cbc)$/);
  const vector = Buffer.alloc(mode === 'gcm' ? 12 : 16, 0x21);
  const engine = createCipheriv(`aes-${bits}-${mode}`, contentKey, vector);
  if (mode === 'gcm') return Buffer.concat([vector, engine.update(plaintext), engine.final(), engine.getAuthTag()]);
  engine.setAutoPadding(false);
  return Buffer.concat([vector, engine.update(padded(plaintext, padding)), engine.final()]);
}

export const keyOf = (cipher) => Buffer.alloc(Number(cipher.match(/\d+/)[0]) / 8, 0x42);

const same = (bytes) => bytes;

/**
 * A `saml:EncryptedAssertion`, and the settings by which the tests know it: what its content decrypts to, unless
 * `broken` says that nothing can. `edit.key`, `edit.content` bend bytes, `edit.xml` the element.
 */
export function encrypt(plaintext, options = {}) {
  const o = { cipher: 'aes256-gcm', transport: 'mgf1p-sha1', key: 'sp', label: '', place: 'inside', broken: false, policy: 'accept', ...options };
  const edit = { key: same, content: same, xml: same, ...options.edit };
  const bytes = Buffer.from(plaintext);
  const { hash, uri: transportUri, parameters } = transports[o.transport];
  const wrapped = edit.key(oaep(o.wrapped ?? keyOf(o.cipher), { key: o.key, hash: o.hash ?? hash, label: o.label }));
  const encrypted = edit.content(content(bytes, o));
  const label = o.label ? `<xenc:OAEPparams>${Buffer.from(o.label).toString('base64')}</xenc:OAEPparams>` : '';
  const i = o.indent ?? '';
  const value = (of) => `<xenc:CipherData>${i}<xenc:CipherValue>${i}${of.toString('base64')}${i}</xenc:CipherValue>${i}</xenc:CipherData>`;
  const key =
    `<xenc:EncryptedKey xmlns:xenc="${XENC}"${o.keyAttributes ?? ''}>${i}` +
    `<xenc:EncryptionMethod Algorithm="${o.transportUri ?? transportUri}">${o.parameters ?? label + parameters}</xenc:EncryptionMethod>${i}` +
    `${o.keyInfo ?? ''}${value(wrapped)}${i}${o.afterKey ?? ''}</xenc:EncryptedKey>`;
  const method = `<xenc:EncryptionMethod Algorithm="${o.cipherUri ?? cipherUri(o.cipher)}"/>`;
  const info = (inside) => `<ds:KeyInfo xmlns:ds="${ns.ds}">${i}${inside}${i}</ds:KeyInfo>`;
  const beside = o.place === 'beside';
  const inner = beside ? o.retrieval && info(o.retrieval) : info((o.beforeKey ?? '') + key);
  const data =
    `<xenc:EncryptedData xmlns:xenc="${XENC}"${o.dataAttributes ?? ` Type="${XENC}Element"`}>${i}${method}${i}` +
    `${inner ?? ''}${i}${value(encrypted)}${i}</xenc:EncryptedData>`;
  const xml = edit.xml(`<saml:EncryptedAssertion>${i}${data}${i}${beside ? key : ''}</saml:EncryptedAssertion>`);
  const digest = createHash('sha256').update(encrypted).digest('base64');
  const opens = o.broken ? {} : { decrypts: { [digest]: bytes.toString('base64') } };
  return { xml, settings: { encryption: o.policy, ...opens } };
}

/** The Response with a declaration more, by which those around the ciphertext have so many bytes. */
export function declaring(xml, bytes) {
  const declarations = xml.match(/^<samlp:Response[^>]*>/)[0].match(/ xmlns(:\w+)?="[^"]*"/g).join('');
  const more = ' xmlns:x="urn:"';
  const rest = bytes - declarations.length - more.length;
  return xml.replace('<samlp:Response', `<samlp:Response${more.replace('urn:', `urn:${'x'.repeat(rest)}`)}`);
}
