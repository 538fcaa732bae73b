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

/** `{ name: { spki, refused? } }`: base64, and the error where the key is not trusted. */
export function publicKeys() {
  const spki = (name) => createPublicKey(keys(name).privateKey).export({ type: 'spki', format: 'der' });
  const all = {
    'rsa-1024': [spki('rsa-1024'), 'Bits(1024)'],
    'rsa-2047': [rsa(modulus(2047)), 'Bits(2047)'],
    'rsa-2048': [rsa(modulus(2048))],
    'rsa-2049': [rsa(modulus(2049))],
    'rsa-4096': [spki('idp-4096')],
    'rsa-8192': [rsa(modulus(8192))],
    'rsa-8193': [rsa(modulus(8193)), 'Bits(8193)'],
    'rsa-16384': [rsa(modulus(16384)), 'Bits(16384)'],
    'exponent-1': [rsa(trusted.n, exponent(1)), 'Exponent'],
    'exponent-3': [spki('rsa-exponent-3'), 'Exponent'],
    'exponent-65535': [rsa(trusted.n, exponent(65535)), 'Exponent'],
    'exponent-65536': [rsa(trusted.n, exponent(65536)), 'Exponent'],
    'exponent-65539': [rsa(trusted.n, exponent(65539))],
    'exponent-65538': [rsa(trusted.n, exponent(65538)), 'Exponent'],
    'exponent-of-four-bytes': [rsa(trusted.n, exponent(0xffffffff))],
    'exponent-of-five-bytes': [rsa(trusted.n, Buffer.from('0100000001', 'hex').toString('base64url')), 'Exponent'],
    'exponent-as-long-as-the-modulus': [rsa(trusted.n, trusted.n), 'Exponent'],
    'ec-p256': [spki('ec-p256'), 'Algorithm("1.2.840.10045.2.1")'],
    empty: [Buffer.alloc(0), 'Malformed'],
    'cut-short': [spki('idp').subarray(0, 200), 'Malformed'],
    'with-a-tail': [Buffer.concat([spki('idp'), Buffer.alloc(1)]), 'Malformed'],
  };
  const shown = ([name, [der, refused]]) => [name, { spki: der.toString('base64'), ...(refused && { refused }) }];
  return Object.fromEntries(Object.entries(all).map(shown));
}
