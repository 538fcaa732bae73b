// Ways to write the same signature: whatever the standards leave to the signer.
import { SignedXml } from 'xml-crypto';
import { accept } from '../case.mjs';
import { edit, response } from '../documents.mjs';
import { keys } from '../keys.mjs';
import { ns, uri } from '../names.mjs';
import { certificateInfo, signAssertion, signBoth, signResponse } from '../sign.mjs';

const xsi = `xmlns:xsi="${ns.xsi}" xmlns:xs="${ns.xs}"`;

// The signature
const options = {
  'rsa-sha384': { algorithm: uri.rsaSha384, digest: uri.sha384 },
  'rsa-sha512': { algorithm: uri.rsaSha512, digest: uri.sha512 },
  'rsa-sha256-with-a-digest-of-sha512': { digest: uri.sha512 },
  'rsa-sha512-with-a-digest-of-sha256': { algorithm: uri.rsaSha512 },
  'default-namespace': { prefix: '' },
  'prefix-dsig': { prefix: 'dsig' },
  'prefix-saml': { prefix: 'saml' },
  'with-key-info': { keyInfo: certificateInfo('idp') },
  'with-an-unknown-certificate-in-key-info': { keyInfo: certificateInfo('attacker') },
  'with-anything-in-key-info': { keyInfo: '<ds:KeyInfo><x:y xmlns:x="urn:x"/></ds:KeyInfo>' },
  'with-white-space': { indent: '\n    ' },
  'base64-in-lines': { wrap: lines('\n') },
  'base64-in-lines-of-windows': { wrap: lines('\r\n') },
  'base64-with-carriage-returns-by-reference': { wrap: lines('&#13;\n') },
  'base64-with-space-around': { wrap: (text) => `\n\t${text}\n ` },
  'with-ids-and-types': {
    edit: {
      signature: (s) => s.replace('<ds:Signature ', '<ds:Signature Id="_signature" '),
      signedInfo: (s) => s.replace('<ds:SignedInfo>', '<ds:SignedInfo Id="_info">'),
      reference: (s) =>
        s.replace('<ds:Reference ', '<ds:Reference Id="_reference" Type="http://www.w3.org/2000/09/xmldsig#Object" '),
    },
  },
  'prefix-list': { prefixes: ['xs'] },
  'prefix-list-of-several': { prefixes: ['xs', 'xsi', 'absent', 'saml'] },
  'prefix-list-of-sixteen': { prefixes: Array.from({ length: 16 }, (_, n) => `p${n}`) },
};
function lines(end) {
  return (text) => text.match(/.{1,76}/g).join(end);
}
const carrying = response({ declarations: `xmlns:samlp="${ns.samlp}" xmlns:saml="${ns.saml}" ${xsi}` });
for (const [name, option] of Object.entries(options)) {
  accept(`syntax/signature-${name}`, 'Every way to write the same signature.', signAssertion(carrying, option));
  accept(
    `syntax/signature-${name}-on-both`,
    'Every way to write the same signature.',
    signBoth(carrying, { ...option, edit: option.edit && numbered(option.edit) }),
    { signed: 'Response' },
  );
}
/** Ids stand once in a document: each signature has its own. */
function numbered(edits) {
  let count = 0;
  return Object.fromEntries(
    Object.entries(edits).map(([part, change]) => [
      part,
      (s) => change(s).replace(/ Id="(_\w+)"/, (_, id) => ` Id="${id}${count++}"`),
    ]),
  );
}
const emptyList = `<ec:InclusiveNamespaces xmlns:ec="${uri.exclusive}" PrefixList=""/>`;
const canonicalization = (content) =>
  `<ds:CanonicalizationMethod Algorithm="${uri.exclusive}">${content}</ds:CanonicalizationMethod>`;
accept(
  'syntax/signature-with-an-empty-prefix-list',
  'An empty list lists nothing.',
  signAssertion(carrying, { canonicalizationMethod: canonicalization(emptyList) }),
);
accept(
  'syntax/signature-with-a-list-but-no-prefixes',
  'No list lists nothing.',
  signAssertion(carrying, { canonicalizationMethod: canonicalization(emptyList.replace(' PrefixList=""', '')) }),
);
accept(
  'syntax/signature-with-a-prefix-list-for-signed-info',
  'SignedInfo is canonicalized with its own list.',
  signAssertion(carrying, {
    canonicalizationMethod: canonicalization(emptyList.replace('PrefixList=""', 'PrefixList="xs saml"')),
    signedInfoPrefixes: ['xs', 'saml'],
  }),
);
// xml-crypto knows no #default, so its effect is written by hand.
const withDefault = response({ declarations: `xmlns:samlp="${ns.samlp}" xmlns:saml="${ns.saml}" xmlns="urn:default"` });
accept(
  'syntax/signature-prefix-list-with-the-default-namespace',
  'A prefix list can name the default namespace.',
  signAssertion(withDefault, {
    transforms: `<ds:Transforms><ds:Transform Algorithm="${uri.enveloped}"/><ds:Transform Algorithm="${uri.exclusive}">${emptyList.replace('PrefixList=""', 'PrefixList="#default"')}</ds:Transform></ds:Transforms>`,
    edit: { canonical: (text) => edit(text, '<saml:Assertion ', '<saml:Assertion xmlns="urn:default" ') },
  }),
);
// Without a canonicalization, Canonical XML 1.0: every namespace in force is written.
accept(
  'syntax/signature-enveloped-alone',
  'Without a canonicalization, the inclusive one.',
  signAssertion(carrying, { inclusive: true }),
);
accept(
  'syntax/signature-enveloped-alone-on-the-response',
  'Without a canonicalization, the inclusive one.',
  signResponse(carrying, { inclusive: true }),
  { signed: 'Response' },
);
accept(
  'syntax/signature-enveloped-alone-with-namespaces-inside',
  'Without a canonicalization, the inclusive one.',
  signAssertion(carrying.replace('<saml:Subject>', `<saml:Subject xmlns:more="urn:more" xmlns:xs="urn:other">`), {
    inclusive: true,
  }),
);
accept(
  'syntax/signature-enveloped-alone-with-a-default-namespace-around',
  'Without a canonicalization, the inclusive one.',
  signAssertion(withDefault, {
    inclusive: true,
    edit: { canonical: (text) => edit(text, '<saml:Assertion ', '<saml:Assertion xmlns="urn:default" ') },
  }),
);
accept(
  'syntax/signature-enveloped-alone-with-xml-lang-around',
  'Canonical XML 1.0 inherits attributes of the namespace xml.',
  signAssertion(carrying.replace(' Version="2.0"', ' Version="2.0" xml:lang="en"'), {
    inclusive: true,
    edit: { canonical: (text) => text.replace(/^(<saml:Assertion [^>]*)>/, '$1 xml:lang="en">') },
  }),
);

// Signed by the library alone
const library = {
  assertion: { xpath: "//*[local-name(.)='Assertion']" },
  response: { xpath: "/*[local-name(.)='Response']" },
  'assertion-with-sha512': { xpath: "//*[local-name(.)='Assertion']", algorithm: uri.rsaSha512, digestAlgorithm: uri.sha512 },
};
for (const [name, { xpath, algorithm = uri.rsaSha256, digestAlgorithm = uri.sha256, ...more }] of Object.entries(library)) {
  const signer = new SignedXml({
    privateKey: keys('idp').privateKey,
    signatureAlgorithm: algorithm,
    canonicalizationAlgorithm: uri.exclusive,
    idAttribute: 'ID',
  });
  signer.addReference({ xpath, digestAlgorithm, transforms: [uri.enveloped, uri.exclusive], ...more });
  signer.computeSignature(carrying, {
    prefix: name === 'response' ? 'ds' : undefined,
    location: { reference: `${xpath}/*[local-name(.)='Issuer']`, action: 'after' },
  });
  accept(`syntax/library-signs-the-${name}`, 'Signed by xml-crypto alone.', signer.getSignedXml(), {
    signed: name === 'response' ? 'Response' : 'Assertion',
  });
}
