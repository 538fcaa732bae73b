// The keys of the corpus. They are made once and committed, so that the same input always makes the same files; they
// are worth nothing.
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import selfsigned from 'selfsigned';

const folder = new URL('../../tests/saml/keys/', import.meta.url);
const label = 'WORTHLESS: this private key is public. It is made for the test corpus and signs nothing else.';

/** Who signs in the corpus, and `sp`, to whom is encrypted. The attacker's certificate has the name of the trusted one. */
const wanted = {
  idp: { bits: 2048, commonName: 'Corpus identity provider' },
  'idp-next': { bits: 2048, commonName: 'Corpus identity provider next' },
  'idp-4096': { bits: 4096, commonName: 'Corpus identity provider 4096' },
  attacker: { bits: 2048, commonName: 'Corpus identity provider' },
  'rsa-1024': { bits: 1024, commonName: 'Corpus RSA-1024' },
  'rsa-exponent-3': { bits: 2048, publicExponent: 3, commonName: 'Corpus RSA exponent 3' },
  sp: { bits: 2048, commonName: 'Corpus service provider' },
  'ec-p256': { namedCurve: 'P-256', commonName: 'Corpus EC P-256' },
  'ec-p384': { namedCurve: 'P-384', commonName: 'Corpus EC P-384' },
  'ec-p521': { namedCurve: 'P-521', commonName: 'Corpus EC P-521' },
};

/** Makes the keys that are missing. */
export async function makeMissingKeys() {
  mkdirSync(folder, { recursive: true });
  for (const [name, wish] of Object.entries(wanted)) {
    if (!existsSync(file(name))) writeFileSync(file(name), await make(wish));
  }
}

async function make({ bits, publicExponent, namedCurve, commonName }) {
  const made = bits
    ? generateKeyPairSync('rsa', { modulusLength: bits, publicExponent })
    : generateKeyPairSync('ec', { namedCurve });
  const privateKey = made.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const publicKey = made.publicKey.export({ type: 'spki', format: 'pem' });
  const { cert } = await selfsigned.generate([{ name: 'commonName', value: commonName }], {
    keyType: bits ? 'rsa' : 'ec',
    algorithm: 'sha256',
    keyPair: { privateKey, publicKey },
    curve: namedCurve,
    notBeforeDate: new Date('2026-01-01T00:00:00Z'),
    notAfterDate: new Date('2046-01-01T00:00:00Z'),
  });
  return `${label}\n${privateKey}${cert.trim()}\n`;
}

/** `{ privateKey, certificate }`: PEM, and the base64 inside `ds:X509Certificate`. */
export function keys(name) {
  const text = readFileSync(file(name), 'utf8');
  const block = (kind) => text.match(new RegExp(`-----BEGIN ${kind}-----[^-]+-----END ${kind}-----`))[0];
  const certificate = block('CERTIFICATE').replace(/-----[^-]+-----|\s/g, '');
  return { privateKey: block('PRIVATE KEY'), certificate };
}

function file(name) {
  return new URL(`${name}.pem`, folder);
}
