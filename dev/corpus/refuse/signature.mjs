// The shape of a signature, its algorithms and transforms. Whatever is changed in SignedInfo is signed as it then is, so
// that a verifier that looks away would find a sound signature.
import { createHash, createHmac } from 'node:crypto';
import { refuse } from '../case.mjs';
import { edit, response } from '../documents.mjs';
import { keys } from '../keys.mjs';
import { ns, uri } from '../names.mjs';
import { certificateInfo, sign, signAssertion, signResponse } from '../sign.mjs';

const signed = (options) => signAssertion(response(), options);
const cut = (text, name) => text.match(new RegExp(`<ds:${name}(?:\\s[^>]*?)?(?:/>|>[\\s\\S]*?</ds:${name}>)`))[0];
const drop = (name) => (text) => text.replace(cut(text, name), '');
const twice = (name) => (text) => text.replace(cut(text, name), (one) => one + one);
const swap = (one, other) => (text) => {
  const [a, b] = [cut(text, one), cut(text, other)];
  return text.replace(a, '\0').replace(b, () => a).replace('\0', () => b);
};
const rename = (name, to) => (text) => text.replaceAll(`<ds:${name}`, `<${to}`).replaceAll(`</ds:${name}>`, `</${to}>`);

// Parts of a Signature: what is around SignedInfo is not signed, so these are sound but for their shape.
const parts = 'not exactly one SignedInfo, one SignatureValue and at most one KeyInfo';
const order = 'not SignedInfo, then SignatureValue';
const evilInfo = (text) =>
  cut(text, 'SignedInfo').replace(/(<ds:DigestValue>)[^<]*/, `$1${createHash('sha256').update('evil').digest('base64')}`);
const around = {
  'two-signed-infos-the-sound-one-first': [parts, { edit: { signature: (s) => s.replace('</ds:SignedInfo>', `</ds:SignedInfo>${evilInfo(s)}`) } }],
  'two-signed-infos-the-sound-one-last': [parts, { edit: { signature: (s) => s.replace('<ds:SignedInfo>', `${evilInfo(s)}<ds:SignedInfo>`) }, signedInfoAt: 1 }],
  'two-signed-infos-and-key-info': [parts, { keyInfo: '<ds:KeyInfo/>', edit: { signature: (s) => s.replace('<ds:SignedInfo>', `${evilInfo(s)}<ds:SignedInfo>`) }, signedInfoAt: 1 }],
  'two-signature-values': [parts, { edit: { signature: (s) => s.replace('</ds:Signature>', '<ds:SignatureValue>AAAA</ds:SignatureValue></ds:Signature>') } }],
  'two-signature-values-the-sound-one-last': [parts, { edit: { signature: (s) => s.replace('<ds:SignatureValue>', '<ds:SignatureValue>AAAA</ds:SignatureValue><ds:SignatureValue>') } }],
  'value-before-signed-info': [order, { edit: { signature: (s) => swapValue(s) } }],
  'key-info-first': [parts, { edit: { signature: (s) => s.replace('<ds:SignedInfo>', '<ds:KeyInfo/><ds:SignedInfo>') } }],
  'key-info-before-the-value': [parts, { edit: { signature: (s) => s.replace('<ds:SignatureValue>', '<ds:KeyInfo/><ds:SignatureValue>') } }],
  'two-key-infos': [parts, { keyInfo: '<ds:KeyInfo/><ds:KeyInfo/>' }],
  'an-empty-object': [parts, { keyInfo: '<ds:Object/>' }],
  'an-object-after-key-info': [parts, { keyInfo: `${certificateInfo('idp')}<ds:Object/>` }],
  'a-manifest': [parts, { keyInfo: `<ds:Object><ds:Manifest><ds:Reference URI="#_assertion"/></ds:Manifest></ds:Object>` }],
  'an-unknown-element': [parts, { keyInfo: '<x:y xmlns:x="urn:x"/>' }],
  'key-info-of-another-namespace': [parts, { keyInfo: '<x:KeyInfo xmlns:x="urn:x"/>' }],
  text: ['something beside the parts of a signature', { keyInfo: 'text' }],
  'text-between': ['something beside the parts of a signature', { edit: { signature: (s) => s.replace('<ds:SignatureValue>', 'x<ds:SignatureValue>') } }],
  'no-break-space-between': ['something beside the parts of a signature', { edit: { signature: (s) => s.replace('<ds:SignatureValue>', '\u00a0<ds:SignatureValue>') } }],
};
for (const [name, [detail, options]] of Object.entries(around)) {
  refuse(`signature/${name}`, `signature_malformed: ${detail}`, 'SignedInfo, SignatureValue, at most a KeyInfo: each once, in this order.', signed(options));
}
refuse('signature/empty', `signature_malformed: ${parts}`, 'A signature has its parts.', edit(response(), '<saml:Subject>', `<ds:Signature xmlns:ds="${ns.ds}"/><saml:Subject>`));
refuse(
  'signature/signed-info-alone',
  `signature_malformed: ${parts}`,
  'A signature has its parts.',
  signed({ edit: { signature: (s) => s } }).replace(/<ds:SignatureValue>[^<]*<\/ds:SignatureValue>/, ''),
);
for (const [name, from] of [['signed-info', 'SignedInfo'], ['signature-value', 'SignatureValue']]) {
  refuse(
    `signature/${name}-of-another-namespace`,
    `signature_malformed: ${order}`,
    'The parts are elements of XML Signature.',
    rename(from, `x:${from}`)(signed()).replace(`<x:${from}`, `<x:${from} xmlns:x="urn:x"`),
  );
}

function swapValue(text) {
  const value = cut(text, 'SignatureValue');
  return text.replace(value, '').replace('<ds:SignedInfo>', `${value}<ds:SignedInfo>`);
}

// Base64 that is nothing else: CVE-2025-29775 hid a comment in a DigestValue.
const inBase64 = {
  empty: () => '',
  blank: () => ' \n ',
  'an-element': (text) => `${text.slice(0, 8)}<ds:x/>${text.slice(8)}`,
  'an-element-behind': (text) => `${text}<ds:x/>`,
  'a-foreign-letter': (text) => `${text.slice(0, 8)}!${text.slice(8)}`,
  'url-alphabet': (text) => `-_${text.slice(2)}`,
  'no-padding': (text) => text.replace(/=+$/, ''),
  'more-padding': (text) => `${text}=`,
  'two-values': (text) => `${text} ${text}`,
  'an-unusual-space': (text) => `${text.slice(0, 8)}\u2003${text.slice(8)}`,
};
for (const [name, bend] of Object.entries(inBase64)) {
  refuse(
    `signature/signature-value-${name}`,
    'signature_malformed: a SignatureValue that is not base64',
    'A SignatureValue is base64 and nothing else.',
    signed({ edit: { signatureValue: bend } }),
  );
  refuse(
    `signature/digest-value-${name}`,
    'signature_malformed: a DigestValue that is not base64',
    'A DigestValue is base64 and nothing else.',
    signed({ edit: { digestValue: bend } }),
  );
}

// SignedInfo and what is in it, soundly signed
const methods = 'not exactly one method of each kind and one Reference';
const threeParts = 'not exactly one Transforms, one DigestMethod and one DigestValue';
const order3 = 'not Transforms, DigestMethod, DigestValue in this order';
const evilReference = '<ds:Reference URI="#_evil"><ds:Transforms/></ds:Reference>';
const inside = {
  'two-references': [methods, { signedInfo: twice('Reference') }],
  'two-references-the-second-elsewhere': [methods, { signedInfo: (s) => s.replace('</ds:SignedInfo>', `${evilReference}</ds:SignedInfo>`) }],
  'two-references-the-first-elsewhere': [methods, { signedInfo: (s) => s.replace('<ds:Reference ', `${evilReference}<ds:Reference `) }],
  'no-reference': [methods, { signedInfo: (s) => s.replace(/<ds:Reference[\s\S]*<\/ds:Reference>/, '') }],
  'a-manifest-for-the-reference': ['no Reference', { signedInfo: rename('Reference', 'ds:Manifest') }],
  'reference-of-another-namespace': ['no Reference', { signedInfo: (s) => rename('Reference', 'x:Reference')(s).replace('<x:Reference', '<x:Reference xmlns:x="urn:x"') }],
  'two-signature-methods': [methods, { signedInfo: twice('SignatureMethod') }],
  'no-signature-method': [methods, { signedInfo: drop('SignatureMethod') }],
  'signature-method-after-the-reference': ['not one plain SignatureMethod', { signedInfo: (s) => s.replace(cut(s, 'SignatureMethod'), '').replace('</ds:SignedInfo>', `${cut(s, 'SignatureMethod')}</ds:SignedInfo>`) }],
  'signature-method-with-content': ['not one plain SignatureMethod', { signedInfo: (s) => s.replace(cut(s, 'SignatureMethod'), (m) => m.replace('/>', '>x</ds:SignatureMethod>')) }],
  'signature-method-with-an-output-length': ['not one plain SignatureMethod', { signedInfo: (s) => s.replace(cut(s, 'SignatureMethod'), (m) => m.replace('/>', '><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>')) }],
  'signature-method-without-algorithm': ['a method without an Algorithm', { signedInfo: (s) => s.replace(cut(s, 'SignatureMethod'), '<ds:SignatureMethod/>') }],
  'signature-method-of-another-name': ['not one plain SignatureMethod', { signedInfo: rename('SignatureMethod', 'ds:Method') }],
  'signature-method-of-another-namespace': ['not one plain SignatureMethod', { signedInfo: (s) => rename('SignatureMethod', 'x:SignatureMethod')(s).replace('<x:SignatureMethod', '<x:SignatureMethod xmlns:x="urn:x"') }],
  'two-canonicalization-methods': [methods, { signedInfo: twice('CanonicalizationMethod') }],
  'no-canonicalization-method': ['a SignedInfo that does not begin with CanonicalizationMethod', { signedInfo: drop('CanonicalizationMethod') }],
  'canonicalization-method-second': ['a SignedInfo that does not begin with CanonicalizationMethod', { signedInfo: swap('CanonicalizationMethod', 'SignatureMethod') }],
  'canonicalization-without-algorithm': ['a method without an Algorithm', { signedInfo: (s) => s.replace(cut(s, 'CanonicalizationMethod'), '<ds:CanonicalizationMethod/>') }],
  'algorithm-in-a-namespace': ['a method without an Algorithm', { signedInfo: (s) => s.replace('SignatureMethod Algorithm', 'SignatureMethod ds:Algorithm') }],
  'text-in-signed-info': ['something beside the parts of SignedInfo', { signedInfo: (s) => s.replace('<ds:Reference', 'x<ds:Reference') }],
  'an-unknown-element-in-signed-info': [methods, { signedInfo: (s) => s.replace('</ds:SignedInfo>', '<ds:Object/></ds:SignedInfo>') }],
  'empty-signed-info': ['a SignedInfo that does not begin with CanonicalizationMethod', { signedInfo: () => '<ds:SignedInfo/>' }],
  'two-digest-values': [threeParts, { reference: twice('DigestValue') }],
  'two-digest-values-the-sound-one-first': [threeParts, { reference: (s) => s.replace('</ds:Reference>', '<ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>') }],
  'no-digest-value': [threeParts, { reference: drop('DigestValue') }],
  'two-digest-methods': [threeParts, { reference: twice('DigestMethod') }],
  'no-digest-method': [threeParts, { reference: drop('DigestMethod') }],
  'digest-value-first': ['not Transforms, DigestMethod, DigestValue in this order', { reference: swap('DigestMethod', 'DigestValue') }],
  'digest-method-with-content': ['a DigestMethod with content', { reference: (s) => s.replace(cut(s, 'DigestMethod'), (m) => m.replace('/>', '><ds:x/></ds:DigestMethod>')) }],
  'digest-method-without-algorithm': ['a method without an Algorithm', { reference: (s) => s.replace(cut(s, 'DigestMethod'), '<ds:DigestMethod/>') }],
  'two-transforms-elements': [threeParts, { reference: (s) => s.replace('<ds:DigestMethod', '<ds:Transforms/><ds:DigestMethod') }],
  'transforms-last': ['not Transforms, DigestMethod, DigestValue in this order', { reference: (s) => s.replace(/<ds:Transforms>[\s\S]*<\/ds:Transforms>/, '').replace('</ds:Reference>', '<ds:Transforms/></ds:Reference>') }],
  ...Object.fromEntries(
    ['Transforms', 'DigestMethod', 'DigestValue'].flatMap((name) => [
      [`${name}-of-another-name`, [order3, { reference: rename(name, 'ds:Other') }]],
      [`${name}-of-another-namespace`, [order3, { reference: (s) => rename(name, `x:${name}`)(s).replace(`<x:${name}`, `<x:${name} xmlns:x="urn:x"`) }]],
    ]),
  ),
  'text-in-the-reference': ['something beside the parts of a Reference', { reference: (s) => s.replace('<ds:DigestMethod', 'x<ds:DigestMethod') }],
  'an-object-in-the-reference': [threeParts, { reference: (s) => s.replace('</ds:Reference>', '<ds:Object/></ds:Reference>') }],
};
for (const [name, [detail, bent]] of Object.entries(inside)) {
  refuse(`signature/${name.replace(/[A-Z]/g, (c, at) => (at ? '-' : '') + c.toLowerCase())}`, `signature_malformed: ${detail}`, 'The parts of SignedInfo, each exactly once, and nothing beside them.', signed({ edit: bent }));
}

// Transforms, soundly signed and with a digest that is right for whoever does what they say
const transform = (algorithm, content = '') => `<ds:Transform Algorithm="${algorithm}">${content}</ds:Transform>`;
const list = (...all) => `<ds:Transforms>${all.join('')}</ds:Transforms>`;
const envelopedThenExclusive = transform(uri.enveloped) + transform(uri.exclusive);
const xpath = '<ds:XPath xmlns:dsig="http://www.w3.org/2000/09/xmldsig#">not(ancestor-or-self::dsig:Signature)</ds:XPath>';
const xslt = '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"><xsl:template match="/">ok</xsl:template></xsl:stylesheet>';
const inclusiveNamespaces = (content, attributes = '') => `<ec:InclusiveNamespaces xmlns:ec="${uri.exclusive}"${attributes}>${content}</ec:InclusiveNamespaces>`;
const other = {
  base64: 'http://www.w3.org/2000/09/xmldsig#base64',
  xpath: 'http://www.w3.org/TR/1999/REC-xpath-19991116',
  xpathFilter: 'http://www.w3.org/2002/06/xmldsig-filter2',
  xslt: 'http://www.w3.org/TR/1999/REC-xslt-19991116',
  decrypt: 'http://www.w3.org/2002/07/decrypt#XML',
};
const notAllowed = {
  'exclusive-alone': [uri.exclusive, list(transform(uri.exclusive))],
  'exclusive-first': [uri.exclusive, list(transform(uri.exclusive), transform(uri.enveloped))],
  'enveloped-with-content': [uri.enveloped, list(transform(uri.enveloped, '<ds:x/>'), transform(uri.exclusive))],
  'enveloped-twice': [uri.enveloped, list(transform(uri.enveloped), transform(uri.enveloped))],
  'inclusive-named': [uri.inclusive, list(transform(uri.enveloped), transform(uri.inclusive))],
  'inclusive-1-1': [uri.inclusive11, list(transform(uri.enveloped), transform(uri.inclusive11))],
  'inclusive-with-comments': [uri.inclusiveWithComments, list(transform(uri.enveloped), transform(uri.inclusiveWithComments))],
  'exclusive-with-comments': [uri.exclusiveWithComments, list(transform(uri.enveloped), transform(uri.exclusiveWithComments))],
  base64: [other.base64, list(transform(other.base64))],
  'enveloped-then-base64': [other.base64, list(transform(uri.enveloped), transform(other.base64))],
  xpath: [other.xpath, list(transform(other.xpath, xpath), transform(uri.exclusive))],
  'enveloped-then-xpath': [other.xpath, list(transform(uri.enveloped), transform(other.xpath, xpath))],
  'xpath-filter': [other.xpathFilter, list(transform(other.xpathFilter), transform(uri.exclusive))],
  xslt: [other.xslt, list(transform(other.xslt, xslt))],
  'enveloped-then-xslt': [other.xslt, list(transform(uri.enveloped), transform(other.xslt, xslt))],
  decrypt: [other.decrypt, list(transform(other.decrypt), transform(uri.exclusive))],
  'empty-name': ['', list(transform(''), transform(uri.exclusive))],
  'with-a-space': [`${uri.enveloped} `, list(transform(`${uri.enveloped} `), transform(uri.exclusive))],
};
for (const [name, [algorithm, transforms]] of Object.entries(notAllowed)) {
  refuse(`transforms/${name}`, `transform_not_allowed: ${algorithm}`, 'Enveloped signature, then at most exclusive canonicalization.', signed({ transforms }));
}
const malformed = {
  none: [threeParts, ''],
  empty: ['no Transform', '<ds:Transforms/>'],
  three: ['more than two Transforms', list(envelopedThenExclusive, transform(uri.exclusive))],
  'three-with-xslt': ['more than two Transforms', list(envelopedThenExclusive, transform(other.xslt, xslt))],
  'text-between': ['something beside Transform in Transforms', list(transform(uri.enveloped), 'x', transform(uri.exclusive))],
  'something-else-between': ['something beside Transform in Transforms', list(transform(uri.enveloped), '<ds:x/>')],
  'of-another-namespace': ['something beside Transform in Transforms', list(`<x:Transform xmlns:x="urn:x" Algorithm="${uri.enveloped}"/>`, transform(uri.exclusive))],
  'without-algorithm': ['a method without an Algorithm', list('<ds:Transform/>', transform(uri.exclusive))],
  'second-without-algorithm': ['a method without an Algorithm', list(transform(uri.enveloped), '<ds:Transform/>')],
  'parameter-of-another-namespace': ['a parameter of canonicalization that is not InclusiveNamespaces', list(transform(uri.enveloped), transform(uri.exclusive, '<ds:InclusiveNamespaces PrefixList="xs"/>'))],
  'parameter-of-another-name': ['a parameter of canonicalization that is not InclusiveNamespaces', list(transform(uri.enveloped), transform(uri.exclusive, '<ds:XPath>true()</ds:XPath>'))],
  'parameter-twice': ['a parameter of canonicalization that is not InclusiveNamespaces', list(transform(uri.enveloped), transform(uri.exclusive, inclusiveNamespaces('').repeat(2)))],
  'parameter-with-content': ['a parameter of canonicalization that is not InclusiveNamespaces', list(transform(uri.enveloped), transform(uri.exclusive, inclusiveNamespaces('<ds:x/>')))],
  'parameter-and-text': ['text in a canonicalization method', list(transform(uri.enveloped), transform(uri.exclusive, `x${inclusiveNamespaces('')}`))],
  'seventeen-prefixes': ['more than 16 prefixes in a PrefixList', list(transform(uri.enveloped), transform(uri.exclusive, inclusiveNamespaces('', ` PrefixList="${Array.from({ length: 17 }, (_, n) => `p${n}`).join(' ')}"`)))],
};
for (const [name, [detail, transforms]] of Object.entries(malformed)) {
  refuse(`transforms/${name}`, `signature_malformed: ${detail}`, 'Transforms are what SAML allows, and nothing beside them.', signed({ transforms }));
}

// Canonicalization of SignedInfo: SignedInfo is canonicalized as each of them says, where that can be done
const canonicalization = (algorithm, content = '') => `<ds:CanonicalizationMethod Algorithm="${algorithm}">${content}</ds:CanonicalizationMethod>`;
const methodsNotAllowed = {
  inclusive: [uri.inclusive, true],
  'inclusive-with-comments': [uri.inclusiveWithComments, true],
  'inclusive-1-1': [uri.inclusive11, true],
  'exclusive-with-comments': [uri.exclusiveWithComments, false],
  enveloped: [uri.enveloped, false],
  base64: [other.base64, false],
  xslt: [other.xslt, false],
  empty: ['', false],
  'minimal-of-2000': ['http://www.w3.org/2000/09/xmldsig#minimal', false],
};
for (const [name, [algorithm, inclusive]] of Object.entries(methodsNotAllowed)) {
  refuse(
    `canonicalization/${name}`,
    `transform_not_allowed: ${algorithm}`,
    'SignedInfo is canonicalized exclusively, without comments.',
    signed({ canonicalizationMethod: canonicalization(algorithm), signedInfoInclusive: inclusive }),
  );
}
refuse(
  'canonicalization/with-a-foreign-parameter',
  'signature_malformed: a parameter of canonicalization that is not InclusiveNamespaces',
  'The one parameter is InclusiveNamespaces.',
  signed({ canonicalizationMethod: canonicalization(uri.exclusive, xpath) }),
);
refuse(
  'canonicalization/with-text',
  'signature_malformed: text in a canonicalization method',
  'The one parameter is InclusiveNamespaces.',
  signed({ canonicalizationMethod: canonicalization(uri.exclusive, 'x') }),
);

// Algorithms. Each signature is made with the algorithm that it names, where Node can.
const certificate = Buffer.from(keys('idp').certificate, 'base64');
const hmac = (hash, secret) => ({ signer: (bytes) => createHmac(hash, secret).update(bytes).digest() });
const signatureAlgorithms = {
  'rsa-sha1': [uri.rsaSha1, {}],
  'rsa-md5': ['http://www.w3.org/2001/04/xmldsig-more#rsa-md5', { signatureHash: 'md5' }],
  'rsa-ripemd160': ['http://www.w3.org/2001/04/xmldsig-more#rsa-ripemd160', { signatureHash: 'ripemd160' }],
  'rsa-sha224': ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha224', { signatureHash: 'sha224' }],
  'dsa-sha1': ['http://www.w3.org/2000/09/xmldsig#dsa-sha1', { signatureHash: 'sha1' }],
  'hmac-sha1-with-the-certificate': ['http://www.w3.org/2000/09/xmldsig#hmac-sha1', hmac('sha1', certificate)],
  'hmac-sha256-with-the-certificate': ['http://www.w3.org/2001/04/xmldsig-more#hmac-sha256', hmac('sha256', certificate)],
  'hmac-sha256-with-its-text': ['http://www.w3.org/2001/04/xmldsig-more#hmac-sha256', hmac('sha256', keys('idp').certificate)],
  'hmac-sha512-without-a-secret': ['http://www.w3.org/2001/04/xmldsig-more#hmac-sha512', hmac('sha512', '')],
  none: ['none', { signatureHash: 'sha256' }],
  empty: ['', { signatureHash: 'sha256' }],
  'sha256-alone': [uri.sha256, { signer: (bytes) => createHash('sha256').update(bytes).digest() }],
  'rsa-sha256-in-upper-case': [uri.rsaSha256.toUpperCase(), { signatureHash: 'sha256' }],
  'rsa-sha256-with-a-space': [`${uri.rsaSha256} `, { signatureHash: 'sha256' }],
  'rsa-sha256-over-https': [uri.rsaSha256.replace('http:', 'https:'), { signatureHash: 'sha256' }],
  'rsa-sha256-of-the-old-namespace': ['http://www.w3.org/2000/09/xmldsig#rsa-sha256', { signatureHash: 'sha256' }],
  'rsa-encryption': ['http://www.w3.org/2001/04/xmlenc#rsa-1_5', { signatureHash: 'sha256' }],
};
for (const [name, [algorithm, options]] of Object.entries(signatureAlgorithms)) {
  const why = 'RSA with SHA-256, SHA-384 or SHA-512; no other, and never HMAC or none.';
  refuse(`algorithms/signature-${name}`, `algorithm_not_allowed: ${algorithm}`, why, signed({ algorithm, ...options }));
  refuse(`algorithms/signature-${name}-of-the-response`, `algorithm_not_allowed: ${algorithm}`, why, signResponse(response(), { algorithm, ...options }));
}
const digests = {
  sha1: [uri.sha1, 'sha1'],
  md5: ['http://www.w3.org/2001/04/xmldsig-more#md5', 'md5'],
  sha224: ['http://www.w3.org/2001/04/xmldsig-more#sha224', 'sha224'],
  ripemd160: ['http://www.w3.org/2001/04/xmlenc#ripemd160', 'ripemd160'],
  'sha3-256': ['http://www.w3.org/2007/05/xmldsig-more#sha3-256', 'sha3-256'],
  empty: ['', 'sha256'],
  'sha256-of-the-wrong-namespace': ['http://www.w3.org/2000/09/xmldsig#sha256', 'sha256'],
  'sha384-of-the-wrong-namespace': ['http://www.w3.org/2001/04/xmlenc#sha384', 'sha384'],
};
for (const [name, [digest, digestHash]] of Object.entries(digests)) {
  refuse(
    `algorithms/digest-${name}`,
    `algorithm_not_allowed: ${digest}`,
    'A digest of SHA-256, SHA-384 or SHA-512.',
    signed({ digest, digestHash }),
  );
}
refuse(
  'algorithms/both-signed-and-the-assertion-with-sha1',
  `algorithm_not_allowed: ${uri.rsaSha1}`,
  'Every signature must hold; a good one does not excuse a bad one.',
  signResponse(signAssertion(response(), { algorithm: uri.rsaSha1 })),
);
refuse(
  'algorithms/both-signed-and-the-response-with-sha1',
  `algorithm_not_allowed: ${uri.rsaSha1}`,
  'Every signature must hold; a good one does not excuse a bad one.',
  signResponse(signAssertion(response()), { algorithm: uri.rsaSha1 }),
);
