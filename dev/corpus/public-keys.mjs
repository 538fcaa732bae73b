// Public keys at the edges of what is trusted, for tests/saml/certificates.rs. A modulus needs no factors to be refused.
import { createHash, createPublicKey } from 'node:crypto';
import { keys } from './keys.mjs';

const trusted = createPublicKey(keys('idp').privateKey).export({ format: 'jwk' });
const exponent = (value) => Buffer.from(value.toString(16).padStart(8, '0'), 'hex').toString('base64url');

/** An odd number of so many bits, the same each time. */
function modulus(bits) {
  const bytes = Buffer.alloc(Math.ceil(bits / 8));
  for (let at = 0; at < bytes.length; at += 32) createHash('sha256').update(`${bits} ${at}`).digest().copy(bytes, at);
  const top = (bits - 1) % 8;
  bytes[0] = (bytes[0] & ((1 << top) - 1)) | (1 << top);
  bytes[bytes.length - 1] |= 1;
  return bytes.toString('base64url');
}

const rsa = (n, e = exponent(65537)) =>
  createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' }).export({ type: 'spki', format: 'der' });

const weak = Symbol('weak');
const der = (jwk) => createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' });
const hex = (text) => Buffer.from(text, 'hex').toString('base64url');
/** The curve's base point: as good a public key as any, and the same each time. */
const secp256k1 = der({
  kty: 'EC',
  crv: 'secp256k1',
  x: hex('79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'),
  y: hex('483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8'),
});
const ed25519 = der({ kty: 'OKP', crv: 'Ed25519', x: Buffer.alloc(32, 7).toString('base64url') });

/** A SubjectPublicKeyInfo of P-256, whose last 65 bytes are the point, with the point in its short form. */
function compressed(spki) {
  const point = spki.subarray(-65);
  const short = Buffer.concat([Buffer.from([2 + (point[64] & 1)]), point.subarray(1, 33)]);
  return Buffer.concat([Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'), short]);
}

function underTheNameOfP384(spki) {
  return Buffer.concat([Buffer.from('3056301006072a8648ce3d020106052b81040022034200', 'hex'), spki.subarray(-65)]);
}

/** `{ name: { spki, weak?, refused? } }`: base64, whether it is trusted with SHA-1 only, the error where it never is. */
export function publicKeys() {
  const of = (name) => createPublicKey(keys(name).privateKey).export({ type: 'spki', format: 'der' });
  const all = {
    'rsa-1023': [rsa(modulus(1023)), 'Bits(1023)'],
    'rsa-1024': [of('rsa-1024'), weak],
    'rsa-2047': [rsa(modulus(2047)), weak],
    'rsa-2048': [rsa(modulus(2048))],
    'rsa-2049': [rsa(modulus(2049))],
    'rsa-4096': [of('idp-4096')],
    'rsa-8192': [rsa(modulus(8192))],
    'rsa-8193': [rsa(modulus(8193)), 'Bits(8193)'],
    'rsa-16384': [rsa(modulus(16384)), 'Bits(16384)'],
    'exponent-1': [rsa(trusted.n, exponent(1)), 'Exponent'],
    'exponent-3': [of('rsa-exponent-3'), 'Exponent'],
    'exponent-65535': [rsa(trusted.n, exponent(65535)), 'Exponent'],
    'exponent-65536': [rsa(trusted.n, exponent(65536)), 'Exponent'],
    'exponent-65539': [rsa(trusted.n, exponent(65539))],
    'exponent-65538': [rsa(trusted.n, exponent(65538)), 'Exponent'],
    'exponent-of-four-bytes': [rsa(trusted.n, exponent(0xffffffff))],
    'exponent-of-five-bytes': [rsa(trusted.n, Buffer.from('0100000001', 'hex').toString('base64url')), 'Exponent'],
    'exponent-as-long-as-the-modulus': [rsa(trusted.n, trusted.n), 'Exponent'],
    'ec-p256': [of('ec-p256')],
    'ec-p384': [of('ec-p384')],
    'ec-p521': [of('ec-p521'), 'Curve(Some("1.3.132.0.35"))'],
    'ec-secp256k1': [secp256k1, 'Curve(Some("1.3.132.0.10"))'],
    'ec-p256-compressed': [compressed(of('ec-p256')), 'Malformed'],
    'ec-p256-point-under-the-name-of-p384': [underTheNameOfP384(of('ec-p256')), 'Malformed'],
    ed25519: [ed25519, 'Algorithm("1.3.101.112")'],
    empty: [Buffer.alloc(0), 'Malformed'],
    'cut-short': [of('idp').subarray(0, 200), 'Malformed'],
    'with-a-tail': [Buffer.concat([of('idp'), Buffer.alloc(1)]), 'Malformed'],
  };
  const verdict = (refused) => (refused === weak ? { weak: true } : refused && { refused });
  const shown = ([name, [spki, refused]]) => [name, { spki: spki.toString('base64'), ...verdict(refused) }];
  return Object.fromEntries(Object.entries(all).map(shown));
}
