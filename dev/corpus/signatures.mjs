// Bare signatures of the algorithms that Project Wycheproof has no vectors of: ECDSA whose digest is not as long as its curve's
// numbers, and RSA (PKCS #1 v1.5) with SHA-1. Each verdict is by construction; Node's own verification has to agree.
import { createHash, createPrivateKey, createPublicKey, privateEncrypt, constants, verify } from 'node:crypto';
import { p256, p384 } from '@noble/curves/nist.js';
import { keys } from './keys.mjs';
import { uri } from './names.mjs';
import { hashOf, pkcs1, signerOf } from './signers.mjs';

const messages = { 'no-bytes': '', 'one-byte': '\0', text: 'what is signed', long: 'long '.repeat(400) };
const usual = Buffer.from(messages.text);
const digestOf = (hash, message = usual) => createHash(hash).update(message).digest();

/** A number as bytes. */
const bytes = (number, length) => Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex');
const number = (buffer) => BigInt(`0x${buffer.toString('hex')}`);

function flipped(signature, at) {
  const changed = Buffer.from(signature);
  changed[at] ^= 1;
  return changed;
}

/** `[name, message, signature, valid]` of a curve with a digest of another length. */
function* elliptic(key, curve, algorithm, others) {
  const hash = hashOf(algorithm);
  const sign = signerOf(algorithm);
  const half = key === 'ec-p384' ? 48 : 32;
  const order = curve.Point.Fn.ORDER;
  const secret = Buffer.from(createPrivateKey(keys(key).privateKey).export({ format: 'jwk' }).d, 'base64url');
  const signed = (digest, by = secret) => Buffer.from(curve.sign(digest, by, { prehash: false, lowS: false }));
  const joined = (r, s) => Buffer.concat([bytes(r, half), bytes(s, half)]);
  for (const [name, text] of Object.entries(messages)) yield [name, Buffer.from(text), sign(Buffer.from(text), key, hash), true];

  const good = sign(usual, key, hash);
  const [r, s] = [number(good.subarray(0, half)), number(good.subarray(half))];
  yield ['the-other-s', usual, joined(r, order - s), true];
  yield ['of-another-message', Buffer.from('what is not'), good, false];
  yield ['of-another-key', usual, signed(digestOf(hash), digestOf(half === 48 ? 'sha384' : 'sha256', 'another key')), false];
  for (const other of others) yield [`of-${other}`, usual, signed(digestOf(other)), false];
  const digest = digestOf(hash);
  if (digest.length > half) {
    // The leftmost bits are what is signed (FIPS 186-5, section 6.4.1).
    yield ['of-the-leftmost-bits', usual, signed(digest.subarray(0, half)), true];
    yield ['of-the-rightmost-bits', usual, signed(digest.subarray(-half)), false];
    yield ['of-bits-from-the-middle', usual, signed(digest.subarray(1, half + 1)), false];
  } else {
    // A short digest is a small number, not the beginning of a large one.
    yield ['of-zeros-before-it', usual, signed(Buffer.concat([Buffer.alloc(half - digest.length), digest])), true];
    yield ['of-zeros-behind-it', usual, signed(Buffer.concat([digest, Buffer.alloc(half - digest.length)])), false];
  }
  for (const at of [0, half - 1, half, 2 * half - 1]) yield [`flipped-at-${at}`, usual, flipped(good, at), false];
  for (const [name, changed] of Object.entries({
    'r-of-zero': joined(0n, s),
    's-of-zero': joined(r, 0n),
    zeros: joined(0n, 0n),
    ones: joined(1n, 1n),
    'r-of-the-order': joined(order, s),
    's-of-the-order': joined(r, order),
    'both-of-the-order': joined(order, order),
    'r-negated': joined(order - r, s),
    'r-and-s-exchanged': joined(s, r),
    'r-twice': joined(r, r),
    'all-bits-set': Buffer.alloc(2 * half, 0xff),
    'in-der': Buffer.from(curve.Signature.fromBytes(good, 'compact').toBytes('der')),
    'a-byte-short': good.subarray(0, -1),
    'a-byte-long': Buffer.concat([good, Buffer.alloc(1)]),
    'zeros-before-each': Buffer.concat([Buffer.alloc(1), good.subarray(0, half), Buffer.alloc(1), good.subarray(half)]),
    'half-of-it': good.subarray(0, half),
    nothing: Buffer.alloc(0),
  })) {
    yield [name, usual, changed, false];
  }
}

/** EMSA-PKCS1-v1_5 (RFC 8017, section 9.2) of SHA-1, and what is not. */
function* withSha1(key) {
  const length = 256;
  const signed = (block) => privateEncrypt({ key: keys(key).privateKey, padding: constants.RSA_NO_PADDING }, block);
  const digest = digestOf('sha1');
  const prefix = Buffer.from('3021300906052b0e03021a05000414', 'hex');
  const block = (info, { type = 1, fill = 0xff, zero = 0, behind = Buffer.alloc(0), padding = length - 3 - info.length - behind.length } = {}) =>
    Buffer.concat([Buffer.from([0, type]), Buffer.alloc(padding, fill), Buffer.from([zero]), info, behind]);
  const info = Buffer.concat([prefix, digest]);
  for (const [name, text] of Object.entries(messages)) yield [name, Buffer.from(text), pkcs1(Buffer.from(text), key, 'sha1'), true];
  yield ['by-hand', usual, signed(block(info)), true];

  const good = pkcs1(usual, key, 'sha1');
  yield ['of-another-message', Buffer.from('what is not'), good, false];
  yield ['of-another-key', usual, pkcs1(usual, 'idp-next', 'sha1'), false];
  yield ['of-sha256', usual, pkcs1(usual, key, 'sha256'), false];
  yield ['by-pss', usual, signerOf(uri.pssSha1)(usual, key, 'sha1'), false];
  for (const at of [0, 128, 255]) yield [`flipped-at-${at}`, usual, flipped(good, at), false];
  const wrong = {
    'without-a-null': block(Buffer.concat([Buffer.from('301f300706052b0e03021a0414', 'hex'), digest])),
    'without-a-digest-info': block(digest),
    'under-the-name-of-md5': block(Buffer.concat([Buffer.from('3020300c06082a864886f70d020505000414', 'hex'), digest])),
    'with-long-lengths': block(Buffer.concat([Buffer.from('308121300906052b0e03021a05000414', 'hex'), digest])),
    'with-something-behind': block(info, { behind: Buffer.alloc(8) }),
    'with-most-of-it-behind': block(info, { padding: 8, behind: Buffer.alloc(length - 3 - 8 - info.length, 0xff) }),
    'of-type-2': block(info, { type: 2 }),
    'of-type-0': block(info, { type: 0, fill: 0 }),
    'padded-with-something-else': block(info, { fill: 0xfe }),
    'without-the-zero': block(info, { zero: 0xff }),
    'of-one-bit-less-of-the-digest': block(Buffer.concat([prefix, flipped(digest, 19)])),
  };
  for (const [name, one] of Object.entries(wrong)) yield [name, usual, signed(one), false];
  const { n } = createPublicKey(keys(key).privateKey).export({ format: 'jwk' });
  const modulus = Buffer.from(n, 'base64url');
  yield ['of-the-modulus', usual, modulus, false];
  yield ['zeros', usual, Buffer.alloc(length), false];
  yield ['one', usual, bytes(1n, length), false];
  yield ['a-byte-short', usual, good.subarray(0, -1), false];
  yield ['a-zero-before-it', usual, Buffer.concat([Buffer.alloc(1), good]), false];
  yield ['a-byte-long', usual, Buffer.concat([good, Buffer.alloc(1)]), false];
  yield ['nothing', usual, Buffer.alloc(0), false];
}

const groups = [
  ['ec-p384', uri.ecdsaSha256, elliptic('ec-p384', p384, uri.ecdsaSha256, ['sha1', 'sha384', 'sha512'])],
  ['ec-p256', uri.ecdsaSha384, elliptic('ec-p256', p256, uri.ecdsaSha384, ['sha1', 'sha256', 'sha512'])],
  ['idp', uri.rsaSha1, withSha1('idp')],
];

/** `{ name: { spki, algorithm, message, signature, valid } }`, the bytes in base64. */
export function signatures() {
  const all = {};
  for (const [key, algorithm, vectors] of groups) {
    const publicKey = createPublicKey(keys(key).privateKey);
    const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    for (const [name, message, signature, valid] of vectors) {
      const full = `${key} ${hashOf(algorithm)} ${name}`;
      if (full in all) throw new Error(`two signatures are named ${full}`);
      const agreed = verify(hashOf(algorithm), message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
      if (agreed !== valid) throw new Error(`Node finds ${full} ${agreed ? 'valid' : 'invalid'}`);
      all[full] = { spki, algorithm, message: message.toString('base64'), signature: signature.toString('base64'), valid };
    }
  }
  return all;
}
