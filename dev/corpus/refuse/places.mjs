// Where a signature may stand, and the ids by which it refers to what is around it.
import { refuse } from '../case.mjs';
import { assertion, edit, extensions, response } from '../documents.mjs';
import { signAssertion, signResponse } from '../sign.mjs';

const place = 'A signature is a child of what it signs, right after Issuer.';

// The signatures are sound: enveloped, and over the element around them, or detached and over the assertion.
const into = (from, to) => (xml, signature) => edit(xml, from, to(signature));
const places = {
  'before-issuer': into(
    '<saml:Assertion ID="_assertion" Version="2.0" IssueInstant="2026-11-22T06:00:00Z">',
    (s) => `<saml:Assertion ID="_assertion" Version="2.0" IssueInstant="2026-11-22T06:00:00Z">${s}`,
  ),
  'after-subject': into('</saml:Subject>', (s) => `</saml:Subject>${s}`),
  'at-the-end': into('</saml:Assertion>', (s) => `${s}</saml:Assertion>`),
  'in-subject': into('</saml:Subject>', (s) => `${s}</saml:Subject>`),
  'in-conditions': into('</saml:Conditions>', (s) => `${s}</saml:Conditions>`),
  'in-an-attribute-value': into('engineering', (s) => s),
  'in-status': into('</samlp:Status>', (s) => `${s}</samlp:Status>`),
  'after-the-assertion': into('</samlp:Response>', (s) => `${s}</samlp:Response>`),
  'before-the-assertion': into('</samlp:Status>', (s) => `</samlp:Status>${s}`),
  'in-extensions': into('<samlp:Status>', (s) => `${extensions(s)}<samlp:Status>`),
  'in-a-wrapper-after-issuer': into('<saml:Subject>', (s) => `<saml:Advice>${s}</saml:Advice><saml:Subject>`),
};
for (const [name, where] of Object.entries(places)) {
  refuse(`places/signature-${name}`, 'signature_misplaced', place, signAssertion(response(), { place: where }));
  refuse(
    `places/signature-${name}-beside-a-signed-response`,
    'signature_misplaced',
    place,
    signResponse(signAssertion(response(), { place: where })),
  );
}
refuse(
  'places/signature-in-issuer',
  'signature_misplaced',
  place,
  signAssertion(response(), {
    place: (xml, s) =>
      edit(
        xml,
        '<saml:Assertion ID="_assertion" Version="2.0" IssueInstant="2026-11-22T06:00:00Z"><saml:Issuer>',
        `<saml:Assertion ID="_assertion" Version="2.0" IssueInstant="2026-11-22T06:00:00Z"><saml:Issuer>${s}`,
      ),
  }),
);
refuse(
  'places/signature-without-issuer',
  'signature_misplaced',
  place,
  signAssertion(response({ assertion: assertion({ issuer: '' }) }), {
    place: (xml, s) => edit(xml, '<saml:Subject>', `${s}<saml:Subject>`),
  }),
);
refuse(
  'places/signature-second-but-not-after-issuer',
  'signature_misplaced',
  place,
  signAssertion(response({ assertion: assertion({ issuer: '' }) }), {
    place: (xml, s) => edit(xml, '<saml:Conditions', `${s}<saml:Conditions`),
  }),
);
refuse(
  'places/signature-second-but-not-after-issuer-in-the-response',
  'signature_misplaced',
  place,
  signResponse(response({ issuer: '' }), { place: (xml, s) => edit(xml, '<saml:Assertion ', `${s}<saml:Assertion `) }),
);
const afterResponseIssuer = (xml, s) => xml.replace('</saml:Issuer>', () => `</saml:Issuer>${s}`);
refuse(
  'places/two-signatures-in-the-assertion',
  'signature_misplaced',
  'One signature an element.',
  signAssertion(signAssertion(response()), {}),
);
refuse(
  'places/two-signatures-in-the-response',
  'signature_misplaced',
  'One signature an element.',
  signResponse(signResponse(response()), {}),
);
refuse(
  'places/the-assertions-signature-before-the-responses',
  'signature_misplaced',
  'One signature an element.',
  signAssertion(signResponse(response()), { place: afterResponseIssuer }),
);
refuse(
  'places/a-signature-in-the-key-info-of-another',
  'signature_misplaced',
  place,
  signAssertion(response(), {
    keyInfo: `<ds:KeyInfo>${signAssertion(response()).match(/<ds:Signature [\s\S]*<\/ds:Signature>/)[0]}</ds:KeyInfo>`,
  }),
);

// Not one: nothing is signed
const unsigned = {
  nothing: response(),
  'signature-of-another-namespace': signAssertion(response(), { edit: { signature: (s) => s } }).replaceAll(
    'http://www.w3.org/2000/09/xmldsig#"',
    'http://www.w3.org/2000/09/xmldsig"',
  ),
  'signature-of-saml': edit(response(), '<saml:Subject>', '<saml:Signature/><saml:Subject>'),
  'signature-in-other-case': signAssertion(response())
    .replaceAll('ds:Signature ', 'ds:signature ')
    .replaceAll('</ds:Signature>', '</ds:signature>'),
  'signature-as-text': edit(response(), '<saml:Subject>', '&lt;ds:Signature/&gt;<saml:Subject>'),
  'signed-info-alone': signAssertion(response(), { edit: { signature: (s) => s } })
    .replaceAll(/<ds:Signature (xmlns:ds="[^"]+")>/g, '<ds:SignatureProperties $1>')
    .replaceAll('</ds:Signature>', '</ds:SignatureProperties>'),
};
for (const [name, document] of Object.entries(unsigned)) {
  refuse(`places/unsigned-${name}`, 'not_signed', 'Response or assertion is signed.', document);
}
