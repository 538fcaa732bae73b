// Keys and algorithms that do not belong together, and what an algorithm leaves no room for.
import { refuse } from '../case.mjs';
import { response } from '../documents.mjs';
import { uri } from '../names.mjs';
import { pssMethod } from '../pss-method.mjs';
import { signAssertion, signResponse } from '../sign.mjs';
import { pkcs1, pss } from '../signers.mjs';

const signed = (options) => signAssertion(response(), options);

// Weak on purpose: the allowance is for SHA-1 with RSA and for short RSA keys, and for nothing else.
const neverAllowed = {
  'pss-of-sha1': [uri.pssSha1, {}],
  'ecdsa-of-sha1': [uri.ecdsaSha1, { key: 'ec-p256' }],
  'rsa-of-md5': ['http://www.w3.org/2001/04/xmldsig-more#rsa-md5', { signatureHash: 'md5', signer: pkcs1 }],
  'hmac-of-sha1': ['http://www.w3.org/2000/09/xmldsig#hmac-sha1', { signatureHash: 'sha1', signer: pkcs1 }],
};
for (const [name, [algorithm, options]] of Object.entries(neverAllowed)) {
  for (const allowSha1 of [false, true]) {
    refuse(
      `algorithms/${name}${allowSha1 ? '-where-sha1-is-allowed' : ''}`,
      `algorithm_not_allowed: ${algorithm}`,
      'The allowance is for RSA (PKCS #1 v1.5) with SHA-1 and for short RSA keys, and for nothing else.',
      signed({ algorithm, ...options }),
      { trusted: [options.key ?? 'idp'], allowSha1 },
    );
  }
}
refuse(
  'algorithms/digest-of-md5-where-sha1-is-allowed',
  'algorithm_not_allowed: http://www.w3.org/2001/04/xmldsig-more#md5',
  'The allowance is for SHA-1.',
  signed({ digest: 'http://www.w3.org/2001/04/xmldsig-more#md5', digestHash: 'md5' }),
  { allowSha1: true },
);
refuse(
  'algorithms/digest-of-sha1-on-the-response',
  `algorithm_not_allowed: ${uri.sha1}`,
  'A digest of SHA-256, SHA-384 or SHA-512.',
  signResponse(response(), { digest: uri.sha1 }),
);
refuse(
  'keys/of-1024-bits-among-strong-ones',
  'wrong_key: Assertion',
  'A key under 2048 bits is not trusted, although the metadata has it.',
  signed({ key: 'rsa-1024' }),
  { trusted: ['idp', 'rsa-1024'] },
);

// PSS
const pssMalformed = 'signature_malformed: parameters of RSASSA-PSS that are not RSAPSSParams';
const pssNotAllowed = `algorithm_not_allowed: ${uri.pss}`;
const parameters = {
  'salt-of-20-bytes': [pssNotAllowed, { salt: '20' }, { saltLength: 20 }],
  'salt-of-no-byte': [pssNotAllowed, { salt: '0' }, { saltLength: 0 }],
  'salt-that-is-no-number': [pssNotAllowed, { salt: '3x2' }],
  'salt-that-is-empty': [pssNotAllowed, { salt: ' ' }],
  'mask-of-another-digest': [pssNotAllowed, { digest: uri.sha512, mask: uri.sha256, salt: '64' }, { maskHash: 'sha256' }],
  'digest-of-sha1': [pssNotAllowed, { digest: uri.sha1, mask: uri.sha1, salt: '20' }],
  'digest-that-nobody-knows': [pssNotAllowed, { digest: 'urn:x', mask: 'urn:x' }],
  'mask-that-nobody-knows': [pssNotAllowed, { mask: uri.sha256, maskFunction: 'urn:x' }],
  'another-trailer': [pssNotAllowed, { trailer: '2' }],
  'an-element-more': [pssMalformed, { more: '<pss:TrailerField>1</pss:TrailerField><pss:x/>' }],
  'the-salt-twice': [pssMalformed, { salt: '32', more: '<pss:SaltLength>32</pss:SaltLength>' }],
  'another-name': [pssMalformed, { name: 'Params' }],
  text: [pssMalformed, { more: 'x' }],
};
for (const [name, [expected, method, made]] of Object.entries(parameters)) {
  const signatureHash = method.digest === uri.sha512 ? 'sha512' : 'sha256';
  refuse(
    `algorithms/pss-parameters-with-${name}`,
    expected,
    'The salt is as long as the digest and the mask is of the same digest.',
    signed({ algorithm: uri.pss, signatureMethod: pssMethod(method), signatureHash, signer: pss(made) }),
  );
}
refuse(
  'algorithms/pss-parameters-under-the-name-of-pkcs1',
  'signature_malformed: not one plain SignatureMethod',
  'Only RSASSA-PSS has parameters.',
  signed({ signatureMethod: pssMethod({}).replace(uri.pss, uri.rsaSha256) }),
);

// A sound signature of the trusted key, of another algorithm than the one that is named
const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
const elliptic = { algorithm: uri.ecdsaSha256, key: 'ec-p256' };
const fixed = (...parts) => ({ ...elliptic, signer: () => Buffer.concat(parts) });
const mistaken = {
  'pkcs1-under-the-name-of-pss': [{ algorithm: uri.pssSha256, signer: pkcs1 }],
  'pss-under-the-name-of-pkcs1': [{ signer: pss() }],
  'pss-of-sha512-under-the-name-of-sha256': [{ algorithm: uri.pssSha256, signatureHash: 'sha512' }],
  'pss-with-a-salt-of-20-bytes': [{ algorithm: uri.pssSha256, signer: pss({ saltLength: 20 }) }],
  'pss-without-a-salt': [{ algorithm: uri.pssSha256, signer: pss({ saltLength: 0 }) }],
  'pss-with-another-mask': [{ algorithm: uri.pssSha256, signer: pss({ maskHash: 'sha512' }) }],
  'rsa-under-the-name-of-ecdsa': [{ algorithm: uri.ecdsaSha256, signatureHash: 'sha256', signer: pkcs1 }],
  'rsa-under-the-name-of-ecdsa-with-such-a-key-trusted': [
    { algorithm: uri.ecdsaSha256, signatureHash: 'sha256', signer: pkcs1 },
    { trusted: ['idp', 'ec-p256'] },
  ],
  'ecdsa-under-the-name-of-rsa': [
    { key: 'ec-p256', signer: () => Buffer.alloc(64, 1) },
    { trusted: ['idp', 'ec-p256'] },
  ],
  'ecdsa-in-der': [
    { ...elliptic, signer: () => Buffer.from(`3044${'0220'}${'11'.repeat(32)}0220${'11'.repeat(32)}`, 'hex') },
    { trusted: ['ec-p256'] },
  ],
  'ecdsa-of-zeros': [fixed(Buffer.alloc(64)), { trusted: ['ec-p256'] }],
  'ecdsa-of-the-order': [fixed(order, order), { trusted: ['ec-p256'] }],
  'ecdsa-of-one-and-zero': [fixed(Buffer.alloc(31), Buffer.from([1]), Buffer.alloc(32)), { trusted: ['ec-p256'] }],
  'ecdsa-of-ones': [fixed(Buffer.alloc(64, 0xff)), { trusted: ['ec-p256'] }],
  'ecdsa-shortened': [
    { ...elliptic, edit: { signatureValue: (text) => Buffer.from(text, 'base64').subarray(0, 63).toString('base64') } },
    { trusted: ['ec-p256'] },
  ],
  'ecdsa-of-another-curve': [
    { algorithm: uri.ecdsaSha256, key: 'ec-p384' },
    { trusted: ['ec-p256'] },
  ],
  'ecdsa-of-sha512-under-the-name-of-sha256': [{ ...elliptic, signatureHash: 'sha512' }, { trusted: ['ec-p256'] }],
  'ecdsa-of-a-stranger': [elliptic, { trusted: ['ec-p384', 'idp'] }],
};
for (const [name, [options, settings]] of Object.entries(mistaken)) {
  refuse(
    `keys/${name}`,
    'wrong_key: Assertion',
    'A signature is of the algorithm that it names, by a key of that algorithm.',
    signed(options),
    settings,
  );
}
