// The public-key half of a signature. Each is deterministic: the same input makes the same corpus, so the salt of PSS is
// fixed and the nonce of ECDSA is that of RFC 6979.
import { constants, createHash, createPrivateKey, privateEncrypt, sign } from 'node:crypto';
import { p256, p384 } from '@noble/curves/nist.js';
import { keys } from './keys.mjs';
import { uri } from './names.mjs';

const hashes = {
  [uri.sha1]: 'sha1',
  [uri.sha256]: 'sha256',
  [uri.sha384]: 'sha384',
  [uri.sha512]: 'sha512',
  [uri.rsaSha1]: 'sha1',
  [uri.rsaSha256]: 'sha256',
  [uri.rsaSha384]: 'sha384',
  [uri.rsaSha512]: 'sha512',
  [uri.pss]: 'sha256',
  [uri.pssSha1]: 'sha1',
  [uri.pssSha256]: 'sha256',
  [uri.pssSha384]: 'sha384',
  [uri.pssSha512]: 'sha512',
  [uri.ecdsaSha1]: 'sha1',
  [uri.ecdsaSha256]: 'sha256',
  [uri.ecdsaSha384]: 'sha384',
  [uri.ecdsaSha512]: 'sha512',
};

/** Node's name of the hash in a digest or signature algorithm. */
export const hashOf = (algorithm) => hashes[algorithm];

/** The signer of an algorithm: `(bytes, key, hash) => signature`. */
export function signerOf(algorithm) {
  if (algorithm.includes('ecdsa')) return ecdsa;
  return /rsa-MGF1$|rsa-pss$/.test(algorithm) ? pss() : pkcs1;
}

export const pkcs1 = (bytes, key, hash) => sign(hash, bytes, keys(key).privateKey);

/** EMSA-PSS (RFC 8017, section 9.1.1) with a salt of zeros, which may be as long as a case wants. */
export function pss({ saltLength, maskHash } = {}) {
  return (bytes, key, hash) => {
    const privateKey = createPrivateKey(keys(key).privateKey);
    const length = privateKey.asymmetricKeyDetails.modulusLength / 8;
    const digest = createHash(hash).update(bytes).digest();
    const salt = Buffer.alloc(saltLength ?? digest.length);
    const h = createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
    const zeros = Buffer.alloc(length - salt.length - h.length - 2);
    const masked = xor(Buffer.concat([zeros, Buffer.from([1]), salt]), mgf1(maskHash ?? hash, h, length - h.length - 1));
    masked[0] &= 0x7f;
    const encoded = Buffer.concat([masked, h, Buffer.from([0xbc])]);
    return privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encoded);
  };
}

export function mgf1(hash, seed, length) {
  const blocks = [];
  for (let counter = 0; blocks.length * createHash(hash).digest().length < length; counter++) {
    blocks.push(createHash(hash).update(seed).update(Buffer.from([0, 0, 0, counter])).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

export const xor = (one, other) => Buffer.from(one.map((byte, at) => byte ^ other[at]));

/** The two numbers side by side. */
function ecdsa(bytes, key, hash) {
  const { crv, d } = createPrivateKey(keys(key).privateKey).export({ format: 'jwk' });
  const curve = crv === 'P-384' ? p384 : p256;
  const digest = createHash(hash).update(bytes).digest();
  return Buffer.from(curve.sign(digest, Buffer.from(d, 'base64url'), { prehash: false, lowS: false }));
}
