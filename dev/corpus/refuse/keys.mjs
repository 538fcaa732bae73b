// Who signed, and what: keys come from the configuration, and the digest is of what is read.
import { createHash, constants, createPublicKey, privateEncrypt, sign as signBytes } from 'node:crypto';
import { refuse } from '../case.mjs';
import { assertion, authnStatement, edit, nameId, response, subject } from '../documents.mjs';
import { keys } from '../keys.mjs';
import { uri } from '../names.mjs';
import { certificateInfo, sign, signAssertion, signBoth, signResponse } from '../sign.mjs';

const fromConfiguration = 'A key is trusted because the configuration has it; what the response brings is not looked at.';
const own = (key) => createPublicKey(keys(key).privateKey).export({ format: 'jwk' });
const standard = (base64url) => Buffer.from(base64url, 'base64url').toString('base64');
const keyValue = (key) =>
  `<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>${standard(own(key).n)}</ds:Modulus><ds:Exponent>${standard(own(key).e)}</ds:Exponent></ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>`;
const keyInfos = {
  'without-key-info': '',
  'with-their-certificate': certificateInfo('attacker'),
  'with-their-key-value': keyValue('attacker'),
  'with-our-certificate': certificateInfo('idp'),
  'with-both-certificates': certificateInfo('idp').replace(
    '</ds:X509Data>',
    `</ds:X509Data>${certificateInfo('attacker').replace(/<\/?ds:KeyInfo>/g, '')}`,
  ),
  'with-a-key-name': '<ds:KeyInfo><ds:KeyName>Corpus identity provider</ds:KeyName></ds:KeyInfo>',
  'with-a-retrieval-method':
    '<ds:KeyInfo><ds:RetrievalMethod URI="https://attacker.example/key" Type="http://www.w3.org/2000/09/xmldsig#rawX509Certificate"/></ds:KeyInfo>',
};
for (const [name, keyInfo] of Object.entries(keyInfos)) {
  const options = { key: 'attacker', keyInfo };
  refuse(`keys/stranger-${name}`, 'wrong_key: Assertion', fromConfiguration, signAssertion(response(), options));
  refuse(`keys/stranger-${name}-signs-the-response`, 'wrong_key: Response', fromConfiguration, signResponse(response(), options));
}
refuse(
  'keys/stranger-signs-the-response-around-a-sound-assertion',
  'wrong_key: Response',
  'Both signatures must hold.',
  signResponse(signAssertion(response()), { key: 'attacker' }),
);
refuse(
  'keys/stranger-signs-the-assertion-in-a-sound-response',
  'wrong_key: Assertion',
  'Both signatures must hold.',
  signResponse(signAssertion(response(), { key: 'attacker' })),
);
refuse(
  'keys/stranger-among-several-trusted',
  'wrong_key: Assertion',
  fromConfiguration,
  signAssertion(response(), { key: 'attacker' }),
  { trusted: ['idp', 'idp-next', 'idp-4096'] },
);
refuse(
  'keys/next-key-not-yet-trusted',
  'wrong_key: Assertion',
  fromConfiguration,
  signAssertion(response(), { key: 'idp-next' }),
);
refuse(
  'keys/of-4096-bits-where-2048-is-trusted',
  'wrong_key: Assertion',
  'A signature is as long as the modulus.',
  signAssertion(response(), { key: 'idp-4096' }),
);
refuse(
  'keys/of-1024-bits',
  'wrong_key: Assertion',
  'A key under 2048 bits cannot be configured, so it is not trusted.',
  signAssertion(response(), { key: 'rsa-1024', keyInfo: certificateInfo('rsa-1024') }),
);

// The signature itself
const bytes = (bend) => ({ edit: { signatureValue: (text) => bend(Buffer.from(text, 'base64')).toString('base64') } });
const flip = (at) => (value) => {
  value[at] ^= 1;
  return value;
};
const bent = {
  'first-bit': bytes(flip(0)),
  'last-bit': bytes(flip(255)),
  shortened: bytes((value) => value.subarray(0, 255)),
  'shortened-in-front': bytes((value) => value.subarray(1)),
  lengthened: bytes((value) => Buffer.concat([value, Buffer.alloc(1)])),
  'lengthened-in-front': bytes((value) => Buffer.concat([Buffer.alloc(1), value])),
  zeros: bytes(() => Buffer.alloc(256)),
  one: bytes(() => Buffer.concat([Buffer.alloc(255), Buffer.from([1])])),
  ones: bytes(() => Buffer.alloc(256, 0xff)),
  'one-byte': bytes(() => Buffer.from([1])),
  'the-modulus': bytes(() => Buffer.from(own('idp').n, 'base64url')),
  'of-sha512-under-the-name-of-sha256': { signatureHash: 'sha512' },
  'of-sha1-under-the-name-of-sha256': { signatureHash: 'sha1' },
  'of-sha256-under-the-name-of-sha512': { algorithm: uri.rsaSha512, signatureHash: 'sha256' },
  pss: {
    signer: (data, key) =>
      signBytes('sha256', data, { key: keys(key).privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 0 }),
  },
  'digest-without-its-name': { signer: (data, key) => pad(key, sha256(data)) },
  'digest-info-without-null': {
    signer: (data, key) =>
      pad(key, Buffer.concat([Buffer.from('302f300b0609608648016503040201', 'hex'), Buffer.from('0420', 'hex'), sha256(data)])),
  },
  'digest-info-with-a-tail': { signer: (data, key) => pad(key, Buffer.concat([info(data), Buffer.alloc(8)])) },
  'digest-info-with-long-lengths': {
    signer: (data, key) =>
      pad(key, Buffer.concat([Buffer.from('308131300d060960864801650304020105000420', 'hex'), sha256(data)])),
  },
  'short-padding': {
    signer: (data, key) =>
      raw(
        key,
        Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(8, 0xff), Buffer.from([0]), info(data), Buffer.alloc(256 - 11 - 51)]),
      ),
  },
  'padding-of-zeros': {
    signer: (data, key) =>
      raw(key, Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(256 - 3 - 51), Buffer.from([0]), info(data)])),
  },
  'padding-of-encryption': {
    signer: (data, key) =>
      raw(key, Buffer.concat([Buffer.from([0, 2]), Buffer.alloc(256 - 3 - 51, 0xff), Buffer.from([0]), info(data)])),
  },
};
for (const [name, options] of Object.entries(bent)) {
  refuse(
    `keys/signature-${name}`,
    'wrong_key: Assertion',
    'PKCS #1 v1.5 with the digest that is named, to the byte.',
    signAssertion(response(), options),
  );
}

function sha256(data) {
  return createHash('sha256').update(data).digest();
}
function info(data) {
  return Buffer.concat([Buffer.from('3031300d060960864801650304020105000420', 'hex'), sha256(data)]);
}
function pad(key, data) {
  return privateEncrypt({ key: keys(key).privateKey, padding: constants.RSA_PKCS1_PADDING }, data);
}
function raw(key, data) {
  return privateEncrypt({ key: keys(key).privateKey, padding: constants.RSA_NO_PADDING }, data);
}
/** The same residue, as long as a signature: sound for who forgets to compare with the modulus. */
function plusModulus(value) {
  const sum = BigInt(`0x${value.toString('hex')}`) + BigInt(`0x${Buffer.from(own('idp').n, 'base64url').toString('hex')}`);
  const text = sum.toString(16);
  return text.length === 512 ? Buffer.from(text, 'hex') : null;
}
refuse('keys/signature-plus-the-modulus', 'wrong_key: Assertion', 'A signature is smaller than the modulus.', withModulusAdded());

/** Every second signature leaves room for it. */
function withModulusAdded() {
  for (let round = 0; ; round++) {
    const xml = signAssertion(
      response({ assertion: assertion({ authnStatement: authnStatement({ sessionIndex: `_s${round}` }) }) }),
    );
    const value = xml.match(/<ds:SignatureValue>([^<]*)/)[1];
    const larger = plusModulus(Buffer.from(value, 'base64'));
    if (larger) return xml.replace(value, () => larger.toString('base64'));
  }
}

// SignedInfo, after it was signed
const afterwards = {
  'digest-replaced': (xml) =>
    xml
      .replace(/<ds:DigestValue>[^<]*/, `<ds:DigestValue>${digestOf(response())}`)
      .replace('ada@example.com', 'mallory@example.com'),
  'attribute-added': (xml) => xml.replace('<ds:SignedInfo>', '<ds:SignedInfo Id="_info">'),
  'white-space-added': (xml) => xml.replace('<ds:SignedInfo>', '<ds:SignedInfo>\n'),
  'prefix-replaced': (xml) => xml.replaceAll('ds:', 'dsig:').replace('xmlns:ds=', 'xmlns:dsig='),
};
for (const [name, bend] of Object.entries(afterwards)) {
  const expected = name === 'digest-replaced' ? 'digest_mismatch: Assertion' : 'wrong_key: Assertion';
  refuse(`keys/signed-info-${name}`, expected, 'SignedInfo is as it was signed.', bend(signAssertion(response())));
}
refuse(
  'keys/signed-info-digest-made-right',
  'wrong_key: Assertion',
  'SignedInfo is as it was signed.',
  withValueOf(sign(forged(), { id: '_assertion', key: 'attacker' }), signAssertion(response())),
);

function digestOf(xml) {
  return sha256(xml).toString('base64');
}
function forged() {
  return response({ assertion: assertion({ subject: subject({ id: nameId('mallory@example.com') }) }) });
}
/** The one document with the SignatureValue of the other. */
function withValueOf(xml, other) {
  const value = other.match(/<ds:SignatureValue>[^<]*/)[0];
  return xml.replace(/<ds:SignatureValue>[^<]*/, value);
}

// What was signed, after it was signed
const what = 'What is read is what was signed, to the character.';
const changes = {
  'name-id': ['ada@example.com', 'mallory@example.com'],
  'name-id-by-a-space': ['ada@example.com', 'ada@example.com '],
  'name-id-case': ['ada@example.com', 'Ada@example.com'],
  'name-id-format': ['nameid-format:emailAddress', 'nameid-format:persistent'],
  audience: ['<saml:Audience>sp.example', '<saml:Audience>sp2.example'],
  end: [
    '<saml:Conditions NotBefore="2026-11-22T05:59:00Z" NotOnOrAfter="2026-11-22T06:05:00Z"',
    '<saml:Conditions NotBefore="2026-11-22T05:59:00Z" NotOnOrAfter="2027-11-22T06:05:00Z"',
  ],
  'attribute-value': ['engineering', 'engineering2'],
  'attribute-added': [
    '</saml:Attribute>',
    '</saml:Attribute><saml:Attribute Name="role"><saml:AttributeValue>admin</saml:AttributeValue></saml:Attribute>',
  ],
  'attribute-statement-added': ['</saml:AttributeStatement>', '</saml:AttributeStatement><saml:AttributeStatement/>'],
  'white-space-between': ['<saml:Conditions', '\n<saml:Conditions'],
  'prefix-of-an-element': ['<saml:NameID', '<saml:NameID xml:space="preserve"'],
  'xml-lang': [
    'Version="2.0" IssueInstant="2026-11-22T06:00:00Z"><saml:Issuer>https://idp.example/entity</saml:Issuer><ds:Signature',
    'Version="2.0" IssueInstant="2026-11-22T06:00:00Z" xml:lang="en"><saml:Issuer>https://idp.example/entity</saml:Issuer><ds:Signature',
  ],
};
for (const [name, [from, to]] of Object.entries(changes)) {
  refuse(`digests/assertion-${name}`, 'digest_mismatch: Assertion', what, edit(signAssertion(response()), from, to));
  const ofResponse =
    name === 'xml-lang'
      ? [from.replace('<ds:Signature', '<saml:Subject'), to.replace('<ds:Signature', '<saml:Subject')]
      : [from, to];
  refuse(`digests/response-${name}`, 'digest_mismatch: Response', what, edit(signResponse(response()), ...ofResponse));
}
const both = signBoth(response());
refuse(
  'digests/both-signed-and-the-response-changed',
  'digest_mismatch: Response',
  what,
  edit(both, 'IssueInstant="2026-11-22T06:00:00Z" Destination', 'IssueInstant="2026-11-22T06:00:01Z" Destination'),
);
refuse(
  'digests/both-signed-and-the-assertion-changed',
  'digest_mismatch: Response',
  what,
  edit(both, 'engineering', 'engineering2'),
);
refuse(
  'digests/both-signed-and-the-assertion-changed-before-the-response-was-signed',
  'digest_mismatch: Assertion',
  'Both signatures must hold.',
  signResponse(edit(signAssertion(response()), 'engineering', 'engineering2')),
);
refuse(
  'digests/signature-of-the-assertion-taken-out-of-a-signed-response',
  'digest_mismatch: Response',
  what,
  both.replace(/(<saml:Assertion [\s\S]*<\/saml:Issuer>)<ds:Signature [\s\S]*<\/ds:Signature>(<saml:Subject>)/, '$1$2'),
);
const values = {
  'of-nothing': () => sha256('').toString('base64'),
  'cut-short': (value) => Buffer.from(value, 'base64').subarray(0, 16).toString('base64'),
  'with-a-tail': (value) => Buffer.concat([Buffer.from(value, 'base64'), Buffer.alloc(4)]).toString('base64'),
  zeros: () => Buffer.alloc(32).toString('base64'),
};
for (const [name, digestValue] of Object.entries(values)) {
  refuse(
    `digests/value-${name}`,
    'digest_mismatch: Assertion',
    'The digest is compared whole.',
    signAssertion(response(), { edit: { digestValue } }),
  );
}
refuse(
  'digests/of-sha512-under-the-name-of-sha256',
  'digest_mismatch: Assertion',
  'The digest is the one that is named.',
  signAssertion(response(), { digestHash: 'sha512' }),
);
refuse(
  'digests/of-bytes-that-are-not-canonical',
  'digest_mismatch: Assertion',
  'Canonical bytes are what counts.',
  signAssertion(response(), { edit: { canonical: (text) => text.replace('></saml:SubjectConfirmationData>', '/>') } }),
);
refuse(
  'digests/of-inclusive-bytes-under-the-name-of-exclusive',
  'digest_mismatch: Assertion',
  'Canonical bytes are what counts.',
  signAssertion(response(), {
    edit: {
      canonical: (text) =>
        text.replace('<saml:Assertion ', '<saml:Assertion xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '),
    },
  }),
);
refuse(
  'keys/signature-of-another-response',
  'digest_mismatch: Assertion',
  what,
  withSignatureOf(forged(), signAssertion(response())),
);

function withSignatureOf(xml, other) {
  return edit(xml, '<saml:Subject>', `${other.match(/<ds:Signature [\s\S]*<\/ds:Signature>/)[0]}<saml:Subject>`);
}
