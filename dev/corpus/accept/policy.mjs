// The policy from its inner side: each line at the last point where it is met.
import { accept } from '../case.mjs';
import {
  assertion,
  attributeStatement,
  authnStatement,
  conditions,
  confirmation,
  edit,
  element,
  extensions,
  nameId,
  response,
  scene,
  subject,
  success,
} from '../documents.mjs';
import { nameIdFormat, status } from '../names.mjs';
import { sign, signAssertion, signBoth, signResponse } from '../sign.mjs';

const signedWith = (pieces) => signAssertion(response({ assertion: assertion(pieces) }));
const confirmedBy = (...confirmations) => signedWith({ subject: subject({ confirmations }) });
const elsewhere = confirmation({ recipient: 'https://other.example/acs' });

// What is signed
const signed = 'Response or assertion signed, or both.';
accept('policy/assertion-signed', signed, signAssertion(response()), {
  sessionIndex: '_session',
  attributes: { department: ['engineering'] },
});
accept('policy/response-signed', signed, signResponse(response()), {
  signed: 'Response',
  sessionIndex: '_session',
  attributes: { department: ['engineering'] },
});
accept('policy/both-signed', signed, signBoth(response()), {
  signed: 'Response',
  sessionIndex: '_session',
  attributes: { department: ['engineering'] },
});

// Issuer
accept('policy/issuer-of-response-missing', 'The Response may leave its issuer out.', signAssertion(response({ issuer: '' })));
accept(
  'policy/issuer-in-white-space',
  'White space around an issuer is layout.',
  signBoth(
    response({
      issuer: `<saml:Issuer>\n  ${scene.issuer}\n</saml:Issuer>`,
      assertion: assertion({ issuer: `<saml:Issuer> ${scene.issuer} </saml:Issuer>` }),
    }),
  ),
  { signed: 'Response' },
);
accept(
  'policy/issuer-with-a-format',
  'An issuer may have a format.',
  signAssertion(
    response({ issuer: element('saml:Issuer', scene.issuer, ' Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity"') }),
  ),
);

// Destination
accept(
  'policy/destination-missing-beside-a-signed-assertion',
  'Only a signed Response must have one.',
  signAssertion(response({ destination: null })),
);
const short = 'https://sp.example/saml/acme/acs';
accept(
  'policy/short-form-of-our-url',
  'Whichever of our URLs was called.',
  signBoth(
    response({
      destination: short,
      assertion: assertion({ subject: subject({ confirmations: [confirmation({ recipient: short })] }) }),
    }),
  ),
  { signed: 'Response' },
  { acsUrl: short },
);

// Status
accept(
  'policy/status-with-a-second-code-and-a-message',
  'The top code counts.',
  signResponse(
    response({
      status: `<samlp:Status><samlp:StatusCode Value="${status('Success')}"><samlp:StatusCode Value="urn:x"/></samlp:StatusCode><samlp:StatusMessage>ok</samlp:StatusMessage></samlp:Status>`,
    }),
  ),
  { signed: 'Response' },
);
accept(
  'policy/status-with-detail',
  'A detail is not read.',
  signResponse(
    response({ status: edit(success(), '</samlp:Status>', '<samlp:StatusDetail><x/></samlp:StatusDetail></samlp:Status>') }),
  ),
  { signed: 'Response' },
);
accept(
  'policy/extensions',
  'Extensions are not read.',
  signResponse(response({ extensions: extensions('<x:y xmlns:x="urn:x" x:z="1"/>') })),
  { signed: 'Response' },
);

// Audience
const audiences = {
  'second-of-one-restriction': [['other.example', scene.audience, 'third.example']],
  'in-both-restrictions': [[scene.audience, 'other.example'], [scene.audience]],
  'in-white-space': [[`\n  ${scene.audience}\n`]],
};
for (const [name, list] of Object.entries(audiences)) {
  accept(`policy/audience-${name}`, 'Each restriction names us.', signedWith({ conditions: conditions({ audiences: list }) }));
}
accept(
  'policy/audience-of-the-providers-own',
  'A provider may have its own entity ID of ours.',
  signedWith({ conditions: conditions({ audiences: [['urn:our:own']] }) }),
  {},
  { audience: 'urn:our:own' },
);

// Times, at the last moment and the first
const conditionTimes = [
  ['not-before-at-the-skew', { notBefore: '2026-11-22T06:02:00Z' }, {}],
  ['not-before-now-without-skew', { notBefore: scene.now }, { skewSeconds: 0 }],
  ['not-before-at-the-largest-skew', { notBefore: '2026-11-22T06:05:00Z' }, { skewSeconds: 300 }],
  ['not-on-or-after-within-the-skew', { notOnOrAfter: '2026-11-22T05:58:00.001Z' }, {}],
  ['not-on-or-after-a-millisecond-away', { notOnOrAfter: '2026-11-22T06:00:00.001Z' }, { skewSeconds: 0 }],
  ['without-times', {}, {}],
];
for (const [name, times, settings] of conditionTimes) {
  accept(
    `policy/conditions-${name}`,
    'Conditions hold for a time, give or take the skew.',
    signedWith({ conditions: conditions({ notBefore: null, notOnOrAfter: null, ...times }) }),
    {},
    settings,
  );
}
const ends = [
  ['within-the-skew', '2026-11-22T05:58:00.001Z', {}],
  ['a-millisecond-away', '2026-11-22T06:00:00.001Z', { skewSeconds: 0 }],
  ['within-the-largest-skew', '2026-11-22T05:55:00.001Z', { skewSeconds: 300 }],
  ['with-seven-decimals', '2026-11-22T06:05:00.1234567Z', {}],
  ['in-another-zone', '2026-11-22T07:05:00+01:00', {}],
  ['far-away', '9999-12-31T23:59:59Z', {}],
];
for (const [name, notOnOrAfter, settings] of ends) {
  accept(
    `policy/confirmation-end-${name}`,
    'NotOnOrAfter is exclusive, give or take the skew.',
    confirmedBy(confirmation({ notOnOrAfter })),
    {},
    settings,
  );
}
accept(
  'policy/conditions-for-one-use-and-against-proxies',
  'Both are met by what we do.',
  signedWith({ conditions: conditions({ more: '<saml:OneTimeUse/><saml:ProxyRestriction Count="0"/>' }) }),
);

// SubjectConfirmation
const confirmations = {
  'first-for-another-url': [elsewhere, confirmation()],
  'second-for-another-url': [confirmation(), elsewhere],
  'first-expired': [confirmation({ notOnOrAfter: '2026-11-22T05:00:00Z' }), confirmation()],
  'first-without-data': [confirmation({ data: '' }), confirmation()],
  'first-of-another-method': [confirmation({ method: 'holder-of-key' }), confirmation()],
};
for (const [name, list] of Object.entries(confirmations)) {
  accept(`policy/confirmations-${name}`, 'One whole bearer confirmation is enough.', confirmedBy(...list));
}

// The session
const sessionEnd = '2026-11-22T14:00:00.000Z';
accept(
  'policy/session-end',
  'The identity provider can end the session.',
  signedWith({ authnStatement: authnStatement({ sessionNotOnOrAfter: '2026-11-22T14:00:00Z' }) }),
  { sessionEnd, sessionIndex: '_session' },
);
accept(
  'policy/session-of-two-statements',
  'The first index and the earliest end count.',
  signedWith({
    authnStatement:
      authnStatement({ sessionNotOnOrAfter: '2026-11-22T16:00:00Z' }) +
      authnStatement({ sessionIndex: '_second', sessionNotOnOrAfter: '2026-11-22T14:00:00Z' }),
  }),
  { sessionEnd, sessionIndex: '_session' },
);
accept(
  'policy/session-end-just-ahead',
  'Until its end a session can be opened.',
  signedWith({ authnStatement: authnStatement({ sessionNotOnOrAfter: '2026-11-22T06:00:00.001Z' }) }),
  { sessionEnd: '2026-11-22T06:00:00.001Z' },
);
accept(
  'policy/session-without-index',
  'An index is optional.',
  signedWith({ authnStatement: authnStatement({ sessionIndex: null }) }),
);

// NameID
accept(
  'policy/name-id-of-1024-characters',
  'The longest one.',
  signedWith({ subject: subject({ id: nameId('a'.repeat(1024)) }) }),
  { nameId: 'a'.repeat(1024) },
);
accept(
  'policy/name-id-in-white-space',
  'White space around it is layout.',
  signedWith({ subject: subject({ id: `<saml:NameID>\n   ada@example.com\n  </saml:NameID>` }) }),
);
accept(
  'policy/name-id-persistent',
  'An opaque one is as good.',
  signedWith({
    subject: subject({ id: nameId('x7/Qz+=', nameIdFormat.persistent) }),
    attributeStatement: attributeStatement({ email: ['ada@example.com'] }),
  }),
  { nameId: 'x7/Qz+=', format: nameIdFormat.persistent, attributes: { email: ['ada@example.com'] } },
);
accept(
  'policy/name-id-with-no-break-space',
  'Only white space of XML is not part of a name.',
  signedWith({ subject: subject({ id: nameId(' \n\u00a0ada@example.com\u3000\t') }) }),
  { nameId: '\u00a0ada@example.com\u3000' },
);
accept(
  'policy/name-id-without-format',
  'The format is optional.',
  signedWith({ subject: subject({ id: nameId('ada@example.com', null) }) }),
);
accept(
  'policy/id-of-256-characters',
  'The longest one.',
  sign(response({ assertion: assertion({ id: `_${'a'.repeat(255)}` }) }), { id: `_${'a'.repeat(255)}` }),
);

// What it answers
const answering = (responded, confirmed, signer = signAssertion) =>
  signer(
    response({
      inResponseTo: responded,
      assertion: assertion({
        subject: subject({ confirmations: [].concat(confirmed).map((inResponseTo) => confirmation({ inResponseTo })) }),
      }),
    }),
  );
const pending = { pending: '_request', idpInitiated: false };
const answers = '_request';
accept('policy/answer', 'It names the open request.', answering('_request', '_request'), { answers }, pending);
accept(
  'policy/answer-where-idp-initiated-is-allowed',
  'It names the open request.',
  answering('_request', '_request'),
  { answers },
  { pending: '_request' },
);
accept('policy/answer-named-by-the-confirmation', 'A signed part names it.', answering(null, '_request'), { answers }, pending);
accept(
  'policy/answer-named-by-a-signed-response',
  'A signed part names it.',
  answering('_request', null, signResponse),
  { answers, signed: 'Response' },
  pending,
);
accept(
  'policy/answer-named-by-one-of-two-confirmations',
  'A signed part names it.',
  answering(null, [null, '_request']),
  { answers },
  pending,
);
accept('policy/unsolicited', 'A sign-in may begin at the identity provider.', signAssertion(response()), { answers: null });
accept(
  'policy/unsolicited-while-a-request-is-pending',
  'The pending request stays open.',
  signAssertion(response()),
  {},
  { pending: '_request' },
);

// Keys
const several = { trusted: ['idp', 'idp-next', 'idp-4096'] };
accept(
  'policy/second-certificate-signs',
  'Every configured certificate is tried.',
  signAssertion(response(), { key: 'idp-next' }),
  { key: 'idp-next' },
  several,
);
accept(
  'policy/third-certificate-of-4096-bits-signs',
  'Every configured certificate is tried.',
  signAssertion(response(), { key: 'idp-4096' }),
  { key: 'idp-4096' },
  several,
);
accept(
  'policy/two-certificates-sign-one-response',
  'Each signature may be of another one.',
  signResponse(signAssertion(response(), { key: 'idp-next' })),
  { signed: 'Response' },
  several,
);

// How the user was authenticated
const contextClass = (name) => `urn:oasis:names:tc:SAML:2.0:ac:classes:${name}`;
const byPassword = contextClass('PasswordProtectedTransport');
accept('policy/authn-context-asked-for', 'The assertion names a way that is asked for.', signAssertion(response()), {}, {
  authnContext: [byPassword],
});
accept('policy/authn-context-second-asked-for', 'Any one of the ways is enough.', signAssertion(response()), {}, {
  authnContext: [contextClass('X509'), byPassword],
});
accept(
  'policy/authn-context-of-the-second-statement',
  'One of several statements is enough.',
  signedWith({ authnStatement: authnStatement() + authnStatement().replace(byPassword, contextClass('X509')) }),
  {},
  { authnContext: [contextClass('X509')] },
);
accept(
  'policy/authn-context-in-white-space',
  'White space around it is none of it.',
  signedWith({ authnStatement: authnStatement().replace(byPassword, `\n  ${byPassword}\n`) }),
  {},
  { authnContext: [byPassword] },
);
accept('policy/authn-statement-missing-where-none-is-asked-for', 'Nothing is asked for.', signedWith({ authnStatement: '' }));

// Identity providers that name a request nobody made
accept(
  'policy/unknown-request-where-that-is-allowed',
  'A provider may be allowed to name an unknown request: the sign-in began there.',
  answering('_request', '_request'),
  {},
  { allowUnknownRequest: true },
);
accept(
  'policy/empty-request-where-unknown-ones-are-allowed',
  'A provider may be allowed to name an unknown request: the sign-in began there.',
  answering('', ''),
  {},
  { allowUnknownRequest: true },
);
accept('policy/known-request-where-unknown-ones-are-allowed', 'It answers the request.', answering('_request', '_request'), { answers }, {
  ...pending,
  allowUnknownRequest: true,
});
