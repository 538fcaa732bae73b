// Transforms, canonicalizations and algorithms that are not allowed. What is signed is what stands there, so that a
// verifier that takes their word would find a sound signature.
import { createHash, createHmac } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { refuse } from '../case.mjs';
import { response } from '../documents.mjs';
import { keys } from '../keys.mjs';
import { ns, uri } from '../names.mjs';
import { signAssertion, signResponse } from '../sign.mjs';

const signed = (options) => signAssertion(response(), options);
const threeParts = 'not exactly one Transforms, one DigestMethod and one DigestValue';

// Transforms, soundly signed and with a digest that is right for whoever does what they say
const transform = (algorithm, content = '') => `<ds:Transform Algorithm="${algorithm}">${content}</ds:Transform>`;
const list = (...all) => `<ds:Transforms>${all.join('')}</ds:Transforms>`;
const envelopedThenExclusive = transform(uri.enveloped) + transform(uri.exclusive);
const xpath = '<ds:XPath xmlns:dsig="http://www.w3.org/2000/09/xmldsig#">not(ancestor-or-self::dsig:Signature)</ds:XPath>';
const xslt =
  '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"><xsl:template match="/">ok</xsl:template></xsl:stylesheet>';
const inclusiveNamespaces = (content, attributes = '') =>
  `<ec:InclusiveNamespaces xmlns:ec="${uri.exclusive}"${attributes}>${content}</ec:InclusiveNamespaces>`;
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
  refuse(
    `transforms/${name}`,
    `transform_not_allowed: ${algorithm}`,
    'Enveloped signature, then at most exclusive canonicalization.',
    signed({ transforms }),
  );
}
// xml-crypto puts a PrefixList into every transform, though enveloped-signature has no parameters. Okta's stands in the
// canonicalization alone (accept/shapes/okta).
const prefixList = inclusiveNamespaces('', ' PrefixList="xs"');
const declaring = response({ declarations: `xmlns:samlp="${ns.samlp}" xmlns:saml="${ns.saml}" xmlns:xs="${ns.xs}"` });
const withoutParameters = 'Enveloped-signature has no parameters, whatever they would change.';
for (const [name, element] of Object.entries({ assertion: 'Assertion', response: 'Response' })) {
  refuse(
    `transforms/enveloped-with-inclusive-namespaces-on-the-${name}`,
    `transform_not_allowed: ${uri.enveloped}`,
    withoutParameters,
    (name === 'response' ? signResponse : signAssertion)(declaring, {
      prefixes: ['xs'],
      transforms: list(transform(uri.enveloped, prefixList), transform(uri.exclusive, prefixList)),
    }),
  );
  const signer = new SignedXml({
    privateKey: keys('idp').privateKey,
    signatureAlgorithm: uri.rsaSha256,
    canonicalizationAlgorithm: uri.exclusive,
  });
  const xpath = `//*[local-name(.)='${element}']`;
  const transforms = [uri.enveloped, uri.exclusive];
  signer.addReference({ xpath, digestAlgorithm: uri.sha256, transforms, inclusiveNamespacesPrefixList: ['xs'] });
  signer.computeSignature(declaring, { prefix: 'ds', location: { reference: `${xpath}/*[local-name(.)='Issuer']`, action: 'after' } });
  refuse(
    `transforms/library-signs-the-${name}-with-a-prefix-list`,
    `transform_not_allowed: ${uri.enveloped}`,
    withoutParameters,
    signer.getSignedXml(),
  );
}

const malformed = {
  none: [threeParts, ''],
  empty: ['no Transform', '<ds:Transforms/>'],
  three: ['more than two Transforms', list(envelopedThenExclusive, transform(uri.exclusive))],
  'three-with-xslt': ['more than two Transforms', list(envelopedThenExclusive, transform(other.xslt, xslt))],
  'text-between': ['something beside Transform in Transforms', list(transform(uri.enveloped), 'x', transform(uri.exclusive))],
  'something-else-between': ['something beside Transform in Transforms', list(transform(uri.enveloped), '<ds:x/>')],
  'of-another-namespace': [
    'something beside Transform in Transforms',
    list(`<x:Transform xmlns:x="urn:x" Algorithm="${uri.enveloped}"/>`, transform(uri.exclusive)),
  ],
  'without-algorithm': ['a method without an Algorithm', list('<ds:Transform/>', transform(uri.exclusive))],
  'second-without-algorithm': ['a method without an Algorithm', list(transform(uri.enveloped), '<ds:Transform/>')],
  'parameter-of-another-namespace': [
    'a parameter of canonicalization that is not InclusiveNamespaces',
    list(transform(uri.enveloped), transform(uri.exclusive, '<ds:InclusiveNamespaces PrefixList="xs"/>')),
  ],
  'parameter-of-another-name': [
    'a parameter of canonicalization that is not InclusiveNamespaces',
    list(transform(uri.enveloped), transform(uri.exclusive, '<ds:XPath>true()</ds:XPath>')),
  ],
  'parameter-twice': [
    'a parameter of canonicalization that is not InclusiveNamespaces',
    list(transform(uri.enveloped), transform(uri.exclusive, inclusiveNamespaces('').repeat(2))),
  ],
  'parameter-with-content': [
    'a parameter of canonicalization that is not InclusiveNamespaces',
    list(transform(uri.enveloped), transform(uri.exclusive, inclusiveNamespaces('<ds:x/>'))),
  ],
  'parameter-and-text': [
    'text in a canonicalization method',
    list(transform(uri.enveloped), transform(uri.exclusive, `x${inclusiveNamespaces('')}`)),
  ],
  'seventeen-prefixes': [
    'more than 16 prefixes in a PrefixList',
    list(
      transform(uri.enveloped),
      transform(
        uri.exclusive,
        inclusiveNamespaces('', ` PrefixList="${Array.from({ length: 17 }, (_, n) => `p${n}`).join(' ')}"`),
      ),
    ),
  ],
};
for (const [name, [detail, transforms]] of Object.entries(malformed)) {
  refuse(
    `transforms/${name}`,
    `signature_malformed: ${detail}`,
    'Transforms are what SAML allows, and nothing beside them.',
    signed({ transforms }),
  );
}

// Canonicalization of SignedInfo: SignedInfo is canonicalized as each of them says, where that can be done
const canonicalization = (algorithm, content = '') =>
  `<ds:CanonicalizationMethod Algorithm="${algorithm}">${content}</ds:CanonicalizationMethod>`;
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
  refuse(
    `algorithms/signature-${name}-of-the-response`,
    `algorithm_not_allowed: ${algorithm}`,
    why,
    signResponse(response(), { algorithm, ...options }),
  );
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
