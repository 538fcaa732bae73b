// Encrypted assertions. Each is decrypted for real in workerd; natively the header says what the content decrypts to.
import { accept } from '../case.mjs';
import { ciphers, declaring, encrypt, transports, XENC } from '../encrypt.mjs';
import { assertion, cut, edit, response } from '../documents.mjs';
import { ns } from '../names.mjs';
import { sign, signAssertion, signBoth, signResponse } from '../sign.mjs';

const declared = { attributes: ` xmlns:saml="${ns.saml}"` };
const signed = signAssertion(assertion(declared));
const unsigned = assertion(declared);
const inClear = { signed: 'Assertion' };
const byResponse = { signed: 'Response' };

/** A case of an encrypted assertion in a Response. */
function encrypted(name, why, plaintext, { expected = inClear, around = (xml) => xml, parts = {}, ...options } = {}) {
  const { xml, settings } = encrypt(plaintext, options);
  accept(`encryption/${name}`, why, around(response({ assertion: xml, ...parts })), expected, settings);
}

for (const cipher of ciphers) {
  for (const transport of Object.keys(transports)) {
    for (const place of ['inside', 'beside']) {
      encrypted(`${cipher}-${transport}-${place}`, 'Every cipher with every transport, the key in both places.', signed, { cipher, transport, place });
    }
  }
}

const vouched = 'The plaintext carries its own signature, or the Response around the ciphertext does.';
encrypted('signed-response', vouched, unsigned, { around: signResponse, expected: byResponse });
encrypted('both-signed', vouched, signed, { around: signResponse, expected: byResponse });
encrypted('signed-response-cbc', vouched, unsigned, { around: signResponse, expected: byResponse, cipher: 'aes128-cbc' });
encrypted('required', 'A provider that requires encryption takes what is encrypted.', signed, { policy: 'require' });

for (const length of [0, 1, 15]) {
  // Each length of the last block: nothing but padding, one byte of it, and all but one.
  const blank = ' '.repeat((32 + length - (Buffer.byteLength(signed) % 16)) % 16);
  const longer = edit(signed, '<saml:Assertion ', `<saml:Assertion ${blank}`);
  encrypted(`cbc-last-block-of-${length}`, 'Padding is one to sixteen bytes.', longer, { cipher: 'aes256-cbc' });
}
encrypted('cbc-padding-of-any-bytes', 'The bytes of padding before the last are arbitrary (ISO 10126).', signed, {
  cipher: 'aes128-cbc',
  padding: { fill: 0xa7 },
});
encrypted('label', 'A label of RSA-OAEP is the one that OAEPparams gives.', signed, { label: 'a label' });
encrypted('label-sha256', 'A label of RSA-OAEP is the one that OAEPparams gives.', signed, { label: 'a label', transport: 'oaep-sha256' });

const ignored = 'Names of keys and certificates are not read: the account has the keys.';
const info = (inside) => `<ds:KeyInfo xmlns:ds="${ns.ds}">${inside}</ds:KeyInfo>`;
encrypted('key-name', ignored, signed, {
  beforeKey: '<ds:KeyName>k</ds:KeyName>',
  keyInfo: info('<ds:KeyName>sp</ds:KeyName>'),
  afterKey: '<xenc:CarriedKeyName>k</xenc:CarriedKeyName>',
});
encrypted('key-info-of-an-issuer-and-serial', ignored, signed, {
  keyInfo: info('<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=x</ds:X509IssuerName><ds:X509SerialNumber>7</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>'),
});
encrypted('security-token-reference', 'Entra and AD FS name the key as WS-Security does.', signed, {
  keyInfo: info('<o:SecurityTokenReference xmlns:o="urn:wsse"><o:KeyIdentifier>AAAA</o:KeyIdentifier></o:SecurityTokenReference>'),
});
const peer = {
  place: 'beside',
  dataAttributes: ` Id="_data" Type="${XENC}Element"`,
  keyAttributes: ' Id="_key" Recipient="sp.example"',
  retrieval: `<ds:RetrievalMethod Type="${XENC}EncryptedKey" URI="#_key"/>`,
  afterKey: '<xenc:ReferenceList><xenc:DataReference URI="#_data"/></xenc:ReferenceList>',
};
encrypted('key-beside-with-references', 'The key beside the content, each naming the other.', signed, peer);
encrypted('key-beside-in-signed-response', 'The key beside the content, each naming the other.', unsigned, { ...peer, around: signResponse, expected: byResponse });
encrypted('no-type', 'The Type of EncryptedData may be left out.', signed, { dataAttributes: '' });
encrypted('mime-type', 'Whatever else EncryptedData says of the content is not read.', signed, {
  dataAttributes: ` Id="_d" Type="${XENC}Element" MimeType="text/xml" Encoding="x"`,
});
encrypted('indented', 'White space between the parts and in the base64.', signed, { indent: '\n  ' });
encrypted('xml-declaration', 'A plaintext with an XML declaration is a document as well.', `<?xml version="1.0" encoding="UTF-8"?>${signed}`);

const inPlace = 'A plaintext may use what elements around the ciphertext declare: it takes its place there.';
const ofResponse = cut(signAssertion(response()), 'saml:Assertion');
encrypted('prefix-of-the-response', inPlace, ofResponse);
encrypted('prefix-of-the-response-cbc', inPlace, ofResponse, { cipher: 'aes128-cbc', transport: 'mgf1p-plain' });
encrypted('prefix-of-a-signed-response', inPlace, ofResponse, { around: signResponse, expected: byResponse });
encrypted('prefix-of-a-signed-response-unsigned', inPlace, assertion(), { around: signResponse, expected: byResponse });
encrypted('declarations-around-of-8-kib', inPlace, ofResponse, { around: (xml) => declaring(xml, 8 * 1024) });
encrypted('inclusive-canonicalization', 'A plaintext is canonicalized as a document of its own.', sign(assertion(declared), { inclusive: true }));

encrypted('response-without-destination', 'The policy is that of any assertion.', signed, { parts: { destination: null } });
encrypted('other-key-of-the-provider', 'Any key of the provider may have signed.', signAssertion(assertion(declared), { key: 'idp' }));
const plain = signBoth(response());
accept('encryption/in-the-clear', 'A provider that accepts encryption takes what is not encrypted.', plain, byResponse, { encryption: 'accept' });
