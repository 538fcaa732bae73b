// The shape of a signature, its algorithms and transforms. Whatever is changed in SignedInfo is signed as it then is, so
// that a verifier that looks away would find a sound signature.
import { createHash } from 'node:crypto';
import { refuse } from '../case.mjs';
import { edit, response } from '../documents.mjs';

import { ns } from '../names.mjs';
import { certificateInfo, signAssertion } from '../sign.mjs';

const signed = (options) => signAssertion(response(), options);
const cut = (text, name) => text.match(new RegExp(`<ds:${name}(?:\\s[^>]*?)?(?:/>|>[\\s\\S]*?</ds:${name}>)`))[0];
const drop = (name) => (text) => text.replace(cut(text, name), '');
const twice = (name) => (text) => text.replace(cut(text, name), (one) => one + one);
const swap = (one, other) => (text) => {
  const [a, b] = [cut(text, one), cut(text, other)];
  return text
    .replace(a, '\0')
    .replace(b, () => a)
    .replace('\0', () => b);
};
const rename = (name, to) => (text) => text.replaceAll(`<ds:${name}`, `<${to}`).replaceAll(`</ds:${name}>`, `</${to}>`);

// Parts of a Signature: what is around SignedInfo is not signed, so these are sound but for their shape.
const parts = 'not exactly one SignedInfo, one SignatureValue and at most one KeyInfo';
const order = 'not SignedInfo, then SignatureValue';
const evilInfo = (text) =>
  cut(text, 'SignedInfo').replace(/(<ds:DigestValue>)[^<]*/, `$1${createHash('sha256').update('evil').digest('base64')}`);
const around = {
  'two-signed-infos-the-sound-one-first': [
    parts,
    { edit: { signature: (s) => s.replace('</ds:SignedInfo>', `</ds:SignedInfo>${evilInfo(s)}`) } },
  ],
  'two-signed-infos-the-sound-one-last': [
    parts,
    { edit: { signature: (s) => s.replace('<ds:SignedInfo>', `${evilInfo(s)}<ds:SignedInfo>`) }, signedInfoAt: 1 },
  ],
  'two-signed-infos-and-key-info': [
    parts,
    {
      keyInfo: '<ds:KeyInfo/>',
      edit: { signature: (s) => s.replace('<ds:SignedInfo>', `${evilInfo(s)}<ds:SignedInfo>`) },
      signedInfoAt: 1,
    },
  ],
  'two-signature-values': [
    parts,
    { edit: { signature: (s) => s.replace('</ds:Signature>', '<ds:SignatureValue>AAAA</ds:SignatureValue></ds:Signature>') } },
  ],
  'two-signature-values-the-sound-one-last': [
    parts,
    {
      edit: {
        signature: (s) => s.replace('<ds:SignatureValue>', '<ds:SignatureValue>AAAA</ds:SignatureValue><ds:SignatureValue>'),
      },
    },
  ],
  'value-before-signed-info': [order, { edit: { signature: (s) => swapValue(s) } }],
  'key-info-first': [parts, { edit: { signature: (s) => s.replace('<ds:SignedInfo>', '<ds:KeyInfo/><ds:SignedInfo>') } }],
  'key-info-before-the-value': [
    parts,
    { edit: { signature: (s) => s.replace('<ds:SignatureValue>', '<ds:KeyInfo/><ds:SignatureValue>') } },
  ],
  'two-key-infos': [parts, { keyInfo: '<ds:KeyInfo/><ds:KeyInfo/>' }],
  'an-empty-object': [parts, { keyInfo: '<ds:Object/>' }],
  'an-object-after-key-info': [parts, { keyInfo: `${certificateInfo('idp')}<ds:Object/>` }],
  'a-manifest': [parts, { keyInfo: `<ds:Object><ds:Manifest><ds:Reference URI="#_assertion"/></ds:Manifest></ds:Object>` }],
  'an-unknown-element': [parts, { keyInfo: '<x:y xmlns:x="urn:x"/>' }],
  'key-info-of-another-namespace': [parts, { keyInfo: '<x:KeyInfo xmlns:x="urn:x"/>' }],
  text: ['something beside the parts of a signature', { keyInfo: 'text' }],
  'text-between': [
    'something beside the parts of a signature',
    { edit: { signature: (s) => s.replace('<ds:SignatureValue>', 'x<ds:SignatureValue>') } },
  ],
  'no-break-space-between': [
    'something beside the parts of a signature',
    { edit: { signature: (s) => s.replace('<ds:SignatureValue>', '\u00a0<ds:SignatureValue>') } },
  ],
};
for (const [name, [detail, options]] of Object.entries(around)) {
  refuse(
    `signature/${name}`,
    `signature_malformed: ${detail}`,
    'SignedInfo, SignatureValue, at most a KeyInfo: each once, in this order.',
    signed(options),
  );
}
refuse(
  'signature/empty',
  `signature_malformed: ${parts}`,
  'A signature has its parts.',
  edit(response(), '<saml:Subject>', `<ds:Signature xmlns:ds="${ns.ds}"/><saml:Subject>`),
);
refuse(
  'signature/signed-info-alone',
  `signature_malformed: ${parts}`,
  'A signature has its parts.',
  signed({ edit: { signature: (s) => s } }).replace(/<ds:SignatureValue>[^<]*<\/ds:SignatureValue>/, ''),
);
for (const [name, from] of [
  ['signed-info', 'SignedInfo'],
  ['signature-value', 'SignatureValue'],
]) {
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
  'two-references-the-second-elsewhere': [
    methods,
    { signedInfo: (s) => s.replace('</ds:SignedInfo>', `${evilReference}</ds:SignedInfo>`) },
  ],
  'two-references-the-first-elsewhere': [
    methods,
    { signedInfo: (s) => s.replace('<ds:Reference ', `${evilReference}<ds:Reference `) },
  ],
  'no-reference': [methods, { signedInfo: (s) => s.replace(/<ds:Reference[\s\S]*<\/ds:Reference>/, '') }],
  'a-manifest-for-the-reference': ['no Reference', { signedInfo: rename('Reference', 'ds:Manifest') }],
  'reference-of-another-namespace': [
    'no Reference',
    { signedInfo: (s) => rename('Reference', 'x:Reference')(s).replace('<x:Reference', '<x:Reference xmlns:x="urn:x"') },
  ],
  'two-signature-methods': [methods, { signedInfo: twice('SignatureMethod') }],
  'no-signature-method': [methods, { signedInfo: drop('SignatureMethod') }],
  'signature-method-after-the-reference': [
    'not one plain SignatureMethod',
    {
      signedInfo: (s) =>
        s.replace(cut(s, 'SignatureMethod'), '').replace('</ds:SignedInfo>', `${cut(s, 'SignatureMethod')}</ds:SignedInfo>`),
    },
  ],
  'signature-method-with-content': [
    'not one plain SignatureMethod',
    { signedInfo: (s) => s.replace(cut(s, 'SignatureMethod'), (m) => m.replace('/>', '>x</ds:SignatureMethod>')) },
  ],
  'signature-method-with-an-output-length': [
    'not one plain SignatureMethod',
    {
      signedInfo: (s) =>
        s.replace(cut(s, 'SignatureMethod'), (m) =>
          m.replace('/>', '><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>'),
        ),
    },
  ],
  'signature-method-without-algorithm': [
    'a method without an Algorithm',
    { signedInfo: (s) => s.replace(cut(s, 'SignatureMethod'), '<ds:SignatureMethod/>') },
  ],
  'signature-method-of-another-name': ['not one plain SignatureMethod', { signedInfo: rename('SignatureMethod', 'ds:Method') }],
  'signature-method-of-another-namespace': [
    'not one plain SignatureMethod',
    {
      signedInfo: (s) =>
        rename('SignatureMethod', 'x:SignatureMethod')(s).replace('<x:SignatureMethod', '<x:SignatureMethod xmlns:x="urn:x"'),
    },
  ],
  'two-canonicalization-methods': [methods, { signedInfo: twice('CanonicalizationMethod') }],
  'no-canonicalization-method': [
    'a SignedInfo that does not begin with CanonicalizationMethod',
    { signedInfo: drop('CanonicalizationMethod') },
  ],
  'canonicalization-method-second': [
    'a SignedInfo that does not begin with CanonicalizationMethod',
    { signedInfo: swap('CanonicalizationMethod', 'SignatureMethod') },
  ],
  'canonicalization-without-algorithm': [
    'a method without an Algorithm',
    { signedInfo: (s) => s.replace(cut(s, 'CanonicalizationMethod'), '<ds:CanonicalizationMethod/>') },
  ],
  'algorithm-in-a-namespace': [
    'a method without an Algorithm',
    { signedInfo: (s) => s.replace('SignatureMethod Algorithm', 'SignatureMethod ds:Algorithm') },
  ],
  'text-in-signed-info': [
    'something beside the parts of SignedInfo',
    { signedInfo: (s) => s.replace('<ds:Reference', 'x<ds:Reference') },
  ],
  'an-unknown-element-in-signed-info': [
    methods,
    { signedInfo: (s) => s.replace('</ds:SignedInfo>', '<ds:Object/></ds:SignedInfo>') },
  ],
  'empty-signed-info': ['a SignedInfo that does not begin with CanonicalizationMethod', { signedInfo: () => '<ds:SignedInfo/>' }],
  'two-digest-values': [threeParts, { reference: twice('DigestValue') }],
  'two-digest-values-the-sound-one-first': [
    threeParts,
    { reference: (s) => s.replace('</ds:Reference>', '<ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>') },
  ],
  'no-digest-value': [threeParts, { reference: drop('DigestValue') }],
  'two-digest-methods': [threeParts, { reference: twice('DigestMethod') }],
  'no-digest-method': [threeParts, { reference: drop('DigestMethod') }],
  'digest-value-first': [
    'not Transforms, DigestMethod, DigestValue in this order',
    { reference: swap('DigestMethod', 'DigestValue') },
  ],
  'digest-method-with-content': [
    'a DigestMethod with content',
    { reference: (s) => s.replace(cut(s, 'DigestMethod'), (m) => m.replace('/>', '><ds:x/></ds:DigestMethod>')) },
  ],
  'digest-method-without-algorithm': [
    'a method without an Algorithm',
    { reference: (s) => s.replace(cut(s, 'DigestMethod'), '<ds:DigestMethod/>') },
  ],
  'two-transforms-elements': [
    threeParts,
    { reference: (s) => s.replace('<ds:DigestMethod', '<ds:Transforms/><ds:DigestMethod') },
  ],
  'transforms-last': [
    'not Transforms, DigestMethod, DigestValue in this order',
    {
      reference: (s) =>
        s.replace(/<ds:Transforms>[\s\S]*<\/ds:Transforms>/, '').replace('</ds:Reference>', '<ds:Transforms/></ds:Reference>'),
    },
  ],
  ...Object.fromEntries(
    ['Transforms', 'DigestMethod', 'DigestValue'].flatMap((name) => [
      [`${name}-of-another-name`, [order3, { reference: rename(name, 'ds:Other') }]],
      [
        `${name}-of-another-namespace`,
        [order3, { reference: (s) => rename(name, `x:${name}`)(s).replace(`<x:${name}`, `<x:${name} xmlns:x="urn:x"`) }],
      ],
    ]),
  ),
  'text-in-the-reference': [
    'something beside the parts of a Reference',
    { reference: (s) => s.replace('<ds:DigestMethod', 'x<ds:DigestMethod') },
  ],
  'an-object-in-the-reference': [threeParts, { reference: (s) => s.replace('</ds:Reference>', '<ds:Object/></ds:Reference>') }],
};
for (const [name, [detail, bent]] of Object.entries(inside)) {
  refuse(
    `signature/${name.replace(/[A-Z]/g, (c, at) => (at ? '-' : '') + c.toLowerCase())}`,
    `signature_malformed: ${detail}`,
    'The parts of SignedInfo, each exactly once, and nothing beside them.',
    signed({ edit: bent }),
  );
}
