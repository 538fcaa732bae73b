// Encrypted assertions that are refused: for their shape, their algorithms, their keys, or for what comes out.
import { refuse } from '../case.mjs';
import { cipherUri, declaring, encrypt, keyOf, oaep, XENC, XENC11 } from '../encrypt.mjs';
import { assertion, attributeStatement, conditions, confirmation, edit, element, nameId, response, subject } from '../documents.mjs';
import { ns, uri } from '../names.mjs';
import { signAssertion, signBoth, signResponse } from '../sign.mjs';

const declared = { attributes: ` xmlns:saml="${ns.saml}"` };
const sound = (parts = {}) => signAssertion(assertion({ ...declared, ...parts }), { id: parts.id ?? '_assertion' });
const signed = sound();
const unsigned = assertion(declared);

/** A case of an encrypted assertion in a Response. */
function encrypted(name, expected, why, { plaintext = signed, around = (xml) => xml, parts = {}, settings: more = {}, ...options } = {}) {
  const { xml, settings } = encrypt(plaintext, options);
  refuse(`encryption/${name}`, expected, why, around(response({ assertion: xml, ...parts })), { ...settings, ...more });
}

const off = 'An encrypted assertion where the provider does not accept any.';
encrypted('off', 'assertion_encrypted', off, { policy: 'off', broken: true });
encrypted('off-signed-response', 'assertion_encrypted', off, { policy: 'off', broken: true, around: signResponse });
const wanted = 'An assertion in the clear where the provider requires encryption.';
refuse('encryption/required-in-the-clear', 'assertion_not_encrypted', wanted, signBoth(response()), { encryption: 'require' });
refuse('encryption/required-unsigned-in-the-clear', 'assertion_not_encrypted', wanted, response(), { encryption: 'require' });

const algorithms = 'Only AES-GCM and AES-CBC, and RSA-OAEP of one digest.';
for (const [name, bad] of Object.entries({
  'tripledes-cbc': `${XENC}tripledes-cbc`,
  'aes256-gcm-of-xenc': `${XENC}aes256-gcm`,
  'aes256-cbc-of-xenc11': `${XENC11}aes256-cbc`,
  'aes512-gcm': `${XENC11}aes512-gcm`,
  'chacha20-poly1305': 'http://www.w3.org/2021/04/xmldsig-more#chacha20poly1305',
  'kw-aes256-as-cipher': `${XENC}kw-aes256`,
  'empty-cipher': '',
})) {
  encrypted(`cipher/${name}`, `encryption_algorithm_not_allowed: ${bad}`, algorithms, { cipherUri: bad, broken: true });
}
for (const [name, bad] of Object.entries({
  'rsa-1_5': `${XENC}rsa-1_5`,
  'kw-aes256': `${XENC}kw-aes256`,
  'ecdh-es': `${XENC11}ECDH-ES`,
  'rsa-oaep-of-xenc': `${XENC}rsa-oaep`,
  'empty-transport': '',
})) {
  encrypted(`transport/${name}`, `encryption_algorithm_not_allowed: ${bad}`, algorithms, { transportUri: bad, parameters: '', broken: true });
}
const digest = (algorithm) => `<ds:DigestMethod xmlns:ds="${ns.ds}" Algorithm="${algorithm}"/>`;
const mgf = (name) => `<x:MGF xmlns:x="${XENC11}" Algorithm="${XENC11}${name}"/>`;
for (const [name, suffix, namespace, parameters, digestUri, maskUri] of [
  ['mgf1p-sha256', 'rsa-oaep-mgf1p', XENC, digest(uri.sha256), uri.sha256, 'mgf1sha1'],
  ['mgf1p-sha512', 'rsa-oaep-mgf1p', XENC, digest(uri.sha512), uri.sha512, 'mgf1sha1'],
  ['oaep-sha256-mgf-left-out', 'rsa-oaep', XENC11, digest(uri.sha256), uri.sha256, 'mgf1sha1'],
  ['oaep-sha1-mgf1sha256', 'rsa-oaep', XENC11, digest(uri.sha1) + mgf('mgf1sha256'), uri.sha1, 'mgf1sha256'],
  ['oaep-mgf1sha256-digest-left-out', 'rsa-oaep', XENC11, mgf('mgf1sha256'), uri.sha1, 'mgf1sha256'],
  ['oaep-sha512', 'rsa-oaep', XENC11, digest(uri.sha512) + mgf('mgf1sha512'), uri.sha512, 'mgf1sha512'],
  ['oaep-md5', 'rsa-oaep', XENC11, digest('urn:md5'), 'urn:md5', 'mgf1sha1'],
]) {
  const got = `${namespace}${suffix} with ${digestUri} and ${XENC11}${maskUri}`;
  encrypted(`transport/${name}`, `encryption_algorithm_not_allowed: ${got}`, algorithms, {
    transportUri: `${namespace}${suffix}`,
    parameters,
    broken: true,
  });
}

const shape = 'An encrypted assertion has one fixed shape.';
const malformed = (name, detail, options) =>
  encrypted(`shape/${name}`, `encryption_malformed: ${detail}`, shape, { broken: true, ...options });
const bent = (from, to) => ({ edit: { xml: (xml) => edit(xml, from, to) } });
const part = (pattern) => ({ edit: { xml: (xml) => xml.replace(pattern, (all) => all + all) } });
const without = (pattern) => ({ edit: { xml: (xml) => xml.replace(pattern, '') } });
const KEY = /<xenc:EncryptedKey [\s\S]*<\/xenc:EncryptedKey>/;
const DATA = /<xenc:EncryptedData [\s\S]*<\/xenc:EncryptedData>/;
const ORDER = 'not one EncryptedData, then at most one EncryptedKey';
const IN_DATA = 'not EncryptionMethod, KeyInfo and CipherData in EncryptedData';
const IN_KEY = 'not EncryptionMethod, KeyInfo, CipherData, ReferenceList and CarriedKeyName in EncryptedKey';
const OAEP = 'parameters of RSA-OAEP that are not DigestMethod, MGF and OAEPparams, each once';
const VALUE = 'a CipherData that is not one CipherValue of base64';
const NO_METHOD = 'no EncryptionMethod where it belongs';
const RETRIEVAL = 'a RetrievalMethod of something else than the EncryptedKey beside it';
const LIST = 'a ReferenceList of something else than the EncryptedData';
const data = (inside) => ({ edit: { xml: (xml) => xml.replace(/(<xenc:EncryptedData [^>]*>)/, `$1${inside}`) } });

malformed('empty', 'no EncryptedKey', { edit: { xml: () => '<saml:EncryptedAssertion/>' } });
malformed('no-key', 'no EncryptedKey', without(KEY));
malformed('no-data', ORDER, { place: 'beside', ...without(DATA) });
malformed('two-keys-inside', 'more than one EncryptedKey', part(KEY));
malformed('two-keys-beside', 'more than one EncryptedKey', { place: 'beside', ...part(KEY) });
malformed('key-inside-and-beside', 'more than one EncryptedKey', {
  edit: { xml: (xml) => edit(xml, '</saml:EncryptedAssertion>', `${xml.match(KEY)[0]}</saml:EncryptedAssertion>`) },
});
malformed('two-data', ORDER, { place: 'beside', ...part(DATA) });
malformed('key-before-data', ORDER, {
  place: 'beside',
  edit: { xml: (xml) => xml.replace(DATA, '').replace(KEY, (key) => key + xml.match(DATA)[0]) },
});
malformed('key-in-key-info-of-key', 'more than one EncryptedKey', {
  keyInfo: `<ds:KeyInfo xmlns:ds="${ns.ds}"><xenc:EncryptedKey/></ds:KeyInfo>`,
});
malformed('signature-in-front', ORDER, bent('<saml:EncryptedAssertion>', '<saml:EncryptedAssertion><saml:Issuer/>'));
malformed('text-between', 'text between its parts', bent('<saml:EncryptedAssertion>', '<saml:EncryptedAssertion>text'));
malformed('type-content', 'an EncryptedData that is not of an element', { dataAttributes: ` Type="${XENC}Content"` });
malformed('type-empty', 'an EncryptedData that is not of an element', { dataAttributes: ' Type=""' });
malformed('unknown-in-data', IN_DATA, data('<x/>'));
malformed('properties', IN_DATA, bent('</xenc:EncryptedData>', '<xenc:EncryptionProperties/></xenc:EncryptedData>'));
malformed('no-cipher-data', 'an EncryptedKey in another place than beside EncryptedData or in its KeyInfo', {
  edit: { xml: (xml) => xml.replace(/<xenc:CipherData>[^\n]{0,9}<xenc:CipherValue>[^<]*<\/xenc:CipherValue><\/xenc:CipherData>(?=<\/xenc:EncryptedData>)/, '') },
});
malformed('no-cipher', NO_METHOD, { ...bent(`<xenc:EncryptionMethod Algorithm="${cipherUri('aes256-gcm')}"/>`, '<xenc:Method/>') });
malformed('cipher-without-algorithm', 'a method without an Algorithm', bent(` Algorithm="${cipherUri('aes256-gcm')}"`, ''));
malformed('cipher-with-key-size', 'parameters of a cipher that has none', bent(
  `Algorithm="${cipherUri('aes256-gcm')}"/>`,
  `Algorithm="${cipherUri('aes256-gcm')}"><xenc:KeySize>128</xenc:KeySize></xenc:EncryptionMethod>`,
));
malformed('key-in-another-place', 'something in KeyInfo that is no encrypted key', { edit: { xml: (xml) => xml.replace(KEY, (key) => `<x>${key}</x>`) } });
malformed('agreement-method', 'something in KeyInfo that is no encrypted key', { beforeKey: '<xenc:AgreementMethod/>' });
malformed('unknown-in-key', IN_KEY, { afterKey: '<x/>' });
malformed('key-without-value', VALUE, { edit: { xml: (xml) => xml.replace(/<xenc:CipherData>[\s\S]*?<\/xenc:CipherData>/, '<xenc:CipherData/>') } });
malformed('key-empty', NO_METHOD, { edit: { xml: (xml) => xml.replace(KEY, `<xenc:EncryptedKey xmlns:xenc="${XENC}"><x/></xenc:EncryptedKey>`) } });
malformed('key-without-parts', IN_KEY, { edit: { xml: (xml) => xml.replace(KEY, `<xenc:EncryptedKey xmlns:xenc="${XENC}"/>`) } });
malformed('cipher-reference', VALUE, { edit: { xml: (xml) => xml.replace(/<xenc:CipherValue>[^<]*<\/xenc:CipherValue>(?=<\/xenc:CipherData><\/xenc:EncryptedData>)/, '<xenc:CipherReference URI="https://idp.example/"/>') } });
malformed('element-in-cipher-value', VALUE, { edit: { xml: (xml) => xml.replace('</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>', '<x/></xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>') } });
malformed('cipher-value-empty', VALUE, { edit: { content: () => Buffer.alloc(0) } });
malformed('cipher-value-not-base64', VALUE, { edit: { xml: (xml) => xml.replace('</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>', '*</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>') } });
malformed('two-digests', OAEP, { parameters: digest(uri.sha1).repeat(2) });
malformed('mgf-of-mgf1p', OAEP, { parameters: mgf('mgf1sha1') });
malformed('oaep-unknown-parameter', OAEP, { parameters: '<x/>' });
malformed('oaep-label-not-base64', 'OAEPparams that are not base64', { parameters: '<xenc:OAEPparams>*</xenc:OAEPparams>' });
const beside = { place: 'beside', keyAttributes: ' Id="_key"', dataAttributes: ` Id="_data" Type="${XENC}Element"` };
malformed('retrieval-elsewhere', RETRIEVAL, { ...beside, retrieval: '<ds:RetrievalMethod URI="#_other"/>' });
malformed('retrieval-of-a-url', RETRIEVAL, { ...beside, retrieval: '<ds:RetrievalMethod URI="https://idp.example/key"/>' });
malformed('retrieval-of-another-type', RETRIEVAL, { ...beside, retrieval: '<ds:RetrievalMethod URI="#_key" Type="urn:x"/>' });
malformed('retrieval-with-transforms', RETRIEVAL, { ...beside, retrieval: '<ds:RetrievalMethod URI="#_key"><ds:Transforms/></ds:RetrievalMethod>' });
malformed('retrieval-and-key-inside', RETRIEVAL, { beforeKey: '<ds:RetrievalMethod URI="#_key"/>', keyAttributes: ' Id="_key"' });
malformed('reference-elsewhere', LIST, { ...beside, afterKey: '<xenc:ReferenceList><xenc:DataReference URI="#_x"/></xenc:ReferenceList>' });
malformed('key-reference', LIST, { ...beside, afterKey: '<xenc:ReferenceList><xenc:KeyReference URI="#_data"/></xenc:ReferenceList>' });
malformed('two-references', LIST, {
  ...beside,
  afterKey: `<xenc:ReferenceList>${'<xenc:DataReference URI="#_data"/>'.repeat(2)}</xenc:ReferenceList>`,
});
malformed('declarations-around-over-8-kib', 'more than 8 KiB of namespace declarations around it', {
  around: (xml) => declaring(xml, 8 * 1024 + 1),
});
encrypted('shape/comment', 'comment_not_allowed', 'No comment anywhere.', { broken: true, ...bent('<saml:EncryptedAssertion>', '<saml:EncryptedAssertion><!-- -->') });

// All of these are one error: an answer must not help to decrypt.
const failed = (name, why, options) => encrypted(`failed/${name}`, 'decryption_failed', why, { broken: true, ...options });
const tampered = 'What is not what was encrypted does not open.';
const flip = (at) => (bytes) => {
  const changed = Buffer.from(bytes);
  changed[at < 0 ? bytes.length + at : at] ^= 1;
  return changed;
};
for (const [name, at] of Object.entries({ vector: 0, 'first-block': 12, middle: 400, 'last-byte-of-text': -17, tag: -16, 'end-of-tag': -1 })) {
  failed(`gcm-${name}-changed`, tampered, { edit: { content: flip(at) } });
}
for (const [name, change] of Object.entries({
  'tag-cut': (bytes) => bytes.subarray(0, -4),
  'tag-missing': (bytes) => bytes.subarray(0, -16),
  'only-a-vector': (bytes) => bytes.subarray(0, 12),
  'less-than-a-vector': (bytes) => bytes.subarray(0, 5),
  'one-byte': () => Buffer.alloc(1),
  longer: (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]),
})) {
  failed(`gcm-${name}`, tampered, { edit: { content: change } });
}
for (const [name, change] of Object.entries({
  'vector-changed': flip(0),
  'first-block-changed': flip(16),
  'last-byte-changed': flip(-1),
  'block-cut': (bytes) => bytes.subarray(0, -16),
  'part-of-a-block': (bytes) => bytes.subarray(0, -3),
  'only-a-vector': (bytes) => bytes.subarray(0, 16),
  'less-than-a-vector': (bytes) => bytes.subarray(0, 9),
})) {
  failed(`cbc-${name}`, tampered, { cipher: 'aes128-cbc', edit: { content: change } });
}
for (const count of [0, 17, 255]) {
  failed(`cbc-padding-of-${count}`, 'Padding is one to sixteen bytes.', { cipher: 'aes256-cbc', padding: { count } });
}
for (const at of [0, 100, -1]) {
  failed(`key-byte-${at < 0 ? 'last' : at}-changed`, tampered, { edit: { key: flip(at) } });
}
failed('key-cut', tampered, { edit: { key: (bytes) => bytes.subarray(0, -1) } });
failed('key-longer', tampered, { edit: { key: (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]) } });
failed('key-of-one-byte', tampered, { edit: { key: () => Buffer.alloc(1) } });
failed('key-of-somebody-else', 'Encrypted for somebody else.', { key: 'attacker' });
failed('key-of-the-identity-provider', 'Encrypted for somebody else.', { key: 'idp' });
failed('key-of-rsa-4096', 'Encrypted for somebody else.', { key: 'idp-4096' });
failed('key-too-short', 'A key of another length than the cipher wants.', { wrapped: Buffer.alloc(16, 0x42) });
failed('key-too-long', 'A key of another length than the cipher wants.', { cipher: 'aes128-cbc', wrapped: Buffer.alloc(32, 0x42) });
failed('key-of-no-length', 'A key of another length than the cipher wants.', { wrapped: Buffer.alloc(0) });
failed('key-of-another-digest', 'Encrypted with another digest than is said.', { transport: 'oaep-sha256', hash: 'sha1' });
failed('key-without-its-label', 'Encrypted with another label than is said.', {
  edit: { key: () => oaep(keyOf('aes256-gcm'), { label: 'a label' }) },
});
failed('cbc-as-gcm', 'Encrypted with another cipher than is said.', { cipher: 'aes256-cbc', cipherUri: cipherUri('aes256-gcm') });
failed('gcm-as-cbc', 'Encrypted with another cipher than is said.', { cipherUri: cipherUri('aes256-cbc') });
failed('in-a-signed-response', tampered, { around: signResponse, edit: { content: flip(40) } });

// These open, and what comes out is not one assertion.
const opens = (name, why, plaintext, options) =>
  encrypted(`plaintext/${name}`, 'decryption_failed', why, { plaintext, ...options });
const oneAssertion = 'The plaintext is exactly one assertion.';
opens('empty', oneAssertion, '', { cipher: 'aes128-cbc' });
opens('text', oneAssertion, 'ada@example.com');
opens('not-utf8', oneAssertion, Buffer.from([0xff, 0xfe, 0x3c]));
opens('truncated', oneAssertion, signed.slice(0, -5));
opens('two-assertions', oneAssertion, signed + sound({ id: '_other' }));
opens('text-after', oneAssertion, `${signed}text`);
opens('response', oneAssertion, signResponse(response()));
opens('subject', oneAssertion, `<saml:Subject xmlns:saml="${ns.saml}"/>`);
opens('assertion-of-another-namespace', oneAssertion, '<Assertion xmlns="urn:x"/>');
opens('assertion-inside-something', oneAssertion, `<x>${signed}</x>`);
opens('encrypted-again', oneAssertion, edit(encrypt(signed).xml, '<saml:EncryptedAssertion', `<saml:EncryptedAssertion xmlns:saml="${ns.saml}"`));
opens('doctype', oneAssertion, `<!DOCTYPE x>${signed}`);
opens('comment', oneAssertion, edit(signed, 'ada@example.com', 'ada@example.com<!-- -->.evil.example'));
opens('processing-instruction', oneAssertion, `<?x y?>${signed}`);
opens('entity', oneAssertion, edit(signed, 'ada@example.com', '&ada;'));
opens('unbound-prefix', oneAssertion, assertion({ attributes: ' nobody:declares="this"' }));
opens('prefix-of-the-response-twice', oneAssertion, assertion() + assertion({ id: '_other' }));
opens('out-of-its-place', oneAssertion, `${assertion()}</c><c>`);
opens('in-a-signed-response', oneAssertion, 'ada@example.com', { around: signResponse });

const whole = 'A plaintext is as untrusted as any document.';
encrypted('unsigned-in-unsigned', 'not_signed', 'Neither the plaintext nor the Response around it is signed.', { plaintext: unsigned });
encrypted('unsigned-with-prefix-of-the-response', 'not_signed', 'Neither is signed.', { plaintext: assertion() });
encrypted('signed-by-a-stranger', 'wrong_key: Assertion', whole, { plaintext: signAssertion(assertion(declared), { key: 'attacker' }) });
encrypted('stranger-in-a-signed-response', 'wrong_key: Assertion', 'Both signatures are checked.', {
  plaintext: signAssertion(assertion(declared), { key: 'attacker' }),
  around: signResponse,
});
encrypted('signed-in-a-response-of-a-stranger', 'wrong_key: Response', 'Both signatures are checked.', {
  around: (xml) => signResponse(xml, { key: 'attacker' }),
});
encrypted('response-changed-around', 'digest_mismatch: Response', 'A signature around the ciphertext is checked before it is opened.', {
  around: (xml) => edit(signResponse(xml), 'Version="2.0"', 'Version="2.0" Consent="urn:x"'),
});
encrypted('ciphertext-changed-in-a-signed-response', 'digest_mismatch: Response', 'A signature around the ciphertext is checked before it is opened.', {
  broken: true,
  around: (xml) => signResponse(xml).replace(/(<xenc:CipherValue>)..../, '$1AAAA'),
});
encrypted('changed-and-signed', 'digest_mismatch: Assertion', whole, { plaintext: edit(signed, '>ada@example.com', '>eve@example.com') });

const evil = (id) => assertion({ ...declared, id, subject: subject({ id: nameId('mallory@example.com') }) });
const into = (xml, content) => edit(xml, '</saml:Assertion>', `${content}</saml:Assertion>`);
const signature = signed.match(/<ds:Signature [\s\S]*<\/ds:Signature>/)[0];
const bare = signed.replace(signature, '');
const after = (xml, content) => edit(xml, '</saml:Issuer>', `</saml:Issuer>${content}`);
encrypted('wrapping/signed-inside-evil', 'too_many_assertions: 2', whole, { plaintext: into(evil('_evil'), signed) });
encrypted('wrapping/signed-inside-evil-of-its-id', 'too_many_assertions: 2', whole, { plaintext: into(evil('_assertion'), signed) });
encrypted('wrapping/original-in-signature', 'too_many_assertions: 2', whole, {
  plaintext: after(evil('_evil'), edit(signature, '</ds:Signature>', `<ds:Object>${bare}</ds:Object></ds:Signature>`)),
});
encrypted('wrapping/original-in-advice', 'too_many_assertions: 2', whole, {
  plaintext: into(after(evil('_evil'), signature), `<saml:Advice>${bare}</saml:Advice>`),
});
encrypted('wrapping/original-in-the-response', 'too_many_assertions: 2', whole, {
  plaintext: after(evil('_evil'), signature),
  parts: { extensions: `<samlp:Extensions>${bare}</samlp:Extensions>` },
});
encrypted('wrapping/encrypted-inside', 'too_many_assertions: 2', whole, { plaintext: into(signed, '<saml:EncryptedAssertion/>') });
encrypted('wrapping/signature-of-another-id', 'reference_elsewhere', whole, { plaintext: after(evil('_evil'), signature) });
encrypted('wrapping/signature-not-after-issuer', 'signature_misplaced', whole, { plaintext: into(bare, signature) });
encrypted('wrapping/two-signatures', 'signature_misplaced', whole, { plaintext: after(signed, signature) });
encrypted('wrapping/id-of-the-response', 'duplicate_id', 'An ID stands once, in the plaintext and around it.', {
  plaintext: signAssertion(assertion({ ...declared, id: '_response' }), { id: '_response' }),
});
encrypted('wrapping/id-of-the-ciphertext', 'duplicate_id', 'An ID stands once, in the plaintext and around it.', {
  dataAttributes: ` Id="_assertion" Type="${XENC}Element"`,
});
encrypted('wrapping/id-twice-in-the-plaintext', 'duplicate_id', whole, { plaintext: into(signed, '<x ID="_assertion"/>') });
encrypted('wrapping/id-alias', 'id_alias', whole, { plaintext: signAssertion(assertion({ attributes: `${declared.attributes} Id="_x"` })) });
const two = (xml) => edit(xml, '</samlp:Response>', `${encrypt(signed).xml}</samlp:Response>`);
encrypted('wrapping/two-encrypted', 'too_many_assertions: 2', 'Exactly one assertion.', { around: two });
encrypted('wrapping/beside-a-plain-one', 'too_many_assertions: 2', 'Exactly one assertion.', {
  around: (xml) => edit(xml, '</samlp:Response>', `${assertion({ id: '_plain' })}</samlp:Response>`),
});
encrypted('wrapping/in-extensions', 'assertion_misplaced', 'The assertion is a child of the Response.', {
  around: (xml) => xml.replace('<saml:EncryptedAssertion>', '<samlp:Extensions><saml:EncryptedAssertion>').replace('</saml:EncryptedAssertion>', '</saml:EncryptedAssertion></samlp:Extensions>'),
});

const policy = 'The policy is that of any assertion.';
encrypted('policy/expired', 'expired: Conditions NotOnOrAfter', policy, {
  plaintext: sound({ conditions: conditions({ notOnOrAfter: '2026-11-22T05:00:00Z' }) }),
});
encrypted('policy/audience', 'wrong_audience', policy, { plaintext: sound({ conditions: conditions({ audiences: [['other.example']] }) }) });
encrypted('policy/recipient', 'wrong_recipient', policy, { plaintext: sound({ subject: subject({ confirmations: [confirmation({ recipient: 'https://other.example/' })] }) }) });
encrypted('policy/issuer', 'wrong_issuer: Assertion', policy, { plaintext: sound({ issuer: element('saml:Issuer', 'https://other.example/') }) });
encrypted('policy/issuer-unknown', 'unknown_issuer', 'The Response says who it is from: the assertion cannot be read yet.', { parts: { issuer: '' } });
encrypted('policy/destination', 'wrong_destination', policy, { around: signResponse, parts: { destination: 'https://other.example/' } });
encrypted('policy/status', 'idp_status', policy, {
  around: (xml) => edit(xml, 'status:Success', 'status:Responder'),
});

const byItself = 'What is encrypted by itself inside an assertion is not read.';
for (const [name, policyOf] of [['encrypted', true], ['in-the-clear', false]]) {
  const id = sound({ subject: subject({ id: '<saml:EncryptedID/>' }) });
  const statement = edit(attributeStatement({ a: ['b'] }), '</saml:AttributeStatement>', '<saml:EncryptedAttribute/></saml:AttributeStatement>');
  for (const [what, plaintext, detail] of [
    ['id', id, 'EncryptedID'],
    ['attribute', sound({ attributeStatement: statement }), 'EncryptedAttribute'],
  ]) {
    if (policyOf) encrypted(`part/${what}-${name}`, `encrypted_part: ${detail}`, byItself, { plaintext });
    else refuse(`encryption/part/${what}-${name}`, `encrypted_part: ${detail}`, byItself, response({ assertion: plaintext }));
  }
}
