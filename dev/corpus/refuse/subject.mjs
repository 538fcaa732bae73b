// "Policy, after the signature", of whom the assertion is about, until when, and in answer to what: each line with a sound
// signature, so that only the line can refuse.
import { refuse } from '../case.mjs';
import {
  assertion,
  attributeStatement,
  authnStatement,
  conditions,
  confirmation,
  confirmationData,
  edit,
  nameId,
  response,
  scene,
  subject,
} from '../documents.mjs';
import { nameIdFormat } from '../names.mjs';
import { signAssertion, signResponse } from '../sign.mjs';
import { otherUrls } from './other-urls.mjs';

const signedWith = (pieces) => signAssertion(response({ assertion: assertion(pieces) }));
const confirmedBy = (...confirmations) => signedWith({ subject: subject({ confirmations }) });
const elsewhere = 'https://other.example/acs';

// SubjectConfirmation
refuse('policy/subject-missing', 'no_bearer_confirmation', 'There is somebody to sign in.', signedWith({ subject: '' }));
refuse(
  'policy/subject-twice',
  'response_malformed: more than one Subject',
  'One subject.',
  signedWith({ subject: subject() + subject() }),
);
refuse('policy/confirmation-missing', 'no_bearer_confirmation', 'A bearer confirmation is required.', confirmedBy());
for (const method of ['holder-of-key', 'sender-vouches', 'Bearer']) {
  refuse(
    `policy/confirmation-${method}`,
    'no_bearer_confirmation',
    'A bearer confirmation is required.',
    confirmedBy(confirmation({ method })),
  );
}
refuse(
  'policy/confirmation-without-data',
  'wrong_recipient',
  'A bearer confirmation has a Recipient.',
  confirmedBy(confirmation({ data: '' })),
);
refuse(
  'policy/confirmation-with-two-data',
  'response_malformed: more than one SubjectConfirmationData',
  'One SubjectConfirmationData.',
  confirmedBy(confirmation({ data: confirmationData({ recipient: scene.acsUrl, notOnOrAfter: scene.end }).repeat(2) })),
);
refuse('policy/recipient-missing', 'wrong_recipient', 'Recipient is required.', confirmedBy(confirmation({ recipient: null })));
for (const [name, recipient] of Object.entries(otherUrls)) {
  refuse(
    `policy/recipient-${name}`,
    'wrong_recipient',
    'Recipient is the URL that was called, byte for byte.',
    confirmedBy(confirmation({ recipient })),
  );
}
refuse(
  'policy/recipient-in-a-namespace',
  'wrong_recipient',
  'Recipient is an attribute without a namespace.',
  confirmedBy(edit(confirmation(), ' Recipient=', ' saml:Recipient=')),
);
const end = 'SubjectConfirmationData NotOnOrAfter';
refuse(
  'policy/confirmation-end-missing',
  `time_missing: ${end}`,
  'NotOnOrAfter is required.',
  confirmedBy(confirmation({ notOnOrAfter: null })),
);
refuse(
  'policy/confirmation-not-before',
  'time_not_allowed: SubjectConfirmationData NotBefore',
  'A bearer confirmation has no NotBefore, not even one that has passed.',
  confirmedBy(confirmation({ notBefore: scene.begin })),
);
const ends = [
  ['at-the-skew', '2026-11-22T05:58:00Z', {}],
  ['is-exclusive', scene.now, { skewSeconds: 0 }],
  ['at-the-largest-skew', '2026-11-22T05:55:00Z', { skewSeconds: 300 }],
  ['in-another-zone', '2026-11-22T06:58:00+01:00', {}],
];
for (const [name, notOnOrAfter, settings] of ends) {
  refuse(
    `policy/confirmation-end-${name}`,
    `expired: ${end}`,
    'NotOnOrAfter is exclusive.',
    confirmedBy(confirmation({ notOnOrAfter })),
    settings,
  );
}
refuse(
  'policy/confirmations-none-whole',
  `expired: ${end}`,
  'One confirmation must meet every rule; two halves do not make one.',
  confirmedBy(confirmation({ recipient: elsewhere }), confirmation({ notOnOrAfter: scene.begin.replace('05:59', '05:50') })),
);

// Times
const malformed = {
  'without-zone': '2026-11-22T06:05:00',
  'date-only': '2026-11-22',
  'a-space-for-t': '2026-11-22 06:05:00Z',
  'no-such-month': '2026-13-22T06:05:00Z',
  'no-such-hour': '2026-11-22T24:05:00Z',
  'year-of-five-digits': '12026-11-22T06:05:00Z',
  empty: '',
  words: 'tomorrow',
  seconds: '1795327500',
  'space-around': ' 2026-11-22T06:05:00Z',
};
for (const [name, time] of Object.entries(malformed)) {
  refuse(
    `policy/time-${name}`,
    `time_malformed: ${end}`,
    'A time has one meaning.',
    confirmedBy(confirmation({ notOnOrAfter: time })),
  );
}
for (const [attribute, what] of [
  ['notBefore', 'Conditions NotBefore'],
  ['notOnOrAfter', 'Conditions NotOnOrAfter'],
]) {
  refuse(
    `policy/time-malformed-${attribute}`,
    `time_malformed: ${what}`,
    'A time has one meaning.',
    signedWith({ conditions: conditions({ [attribute]: '2026-11-22T06:05:00' }) }),
  );
}

// The session
const sessions = [
  ['over', 'expired: SessionNotOnOrAfter', '2026-11-22T05:58:00Z', {}],
  ['over-within-the-skew', 'expired: SessionNotOnOrAfter', '2026-11-22T05:59:59.999Z', {}],
  ['end-is-exclusive', 'expired: SessionNotOnOrAfter', scene.now, { skewSeconds: 0 }],
  ['end-malformed', 'time_malformed: SessionNotOnOrAfter', 'never', {}],
];
for (const [name, expected, sessionNotOnOrAfter, settings] of sessions) {
  const document = signedWith({ authnStatement: authnStatement({ sessionNotOnOrAfter }) });
  refuse(`policy/session-${name}`, expected, 'A session that is over is not opened.', document, settings);
}
refuse(
  'policy/session-over-in-the-second-statement',
  'expired: SessionNotOnOrAfter',
  'The earliest end counts.',
  signedWith({
    authnStatement:
      authnStatement({ sessionNotOnOrAfter: '2026-11-22T16:00:00Z' }) +
      authnStatement({ sessionNotOnOrAfter: '2026-11-22T05:00:00Z' }),
  }),
);

// NameID
const ids = {
  missing: ['no_name_id', ''],
  empty: ['no_name_id', '<saml:NameID/>'],
  blank: ['no_name_id', '<saml:NameID> \n\t </saml:NameID>'],
  'too-long': ['no_name_id', nameId('a'.repeat(1025))],
  encrypted: ['encrypted_part: EncryptedID', '<saml:EncryptedID/>'],
  'base-id': ['no_name_id', '<saml:BaseID/>'],
  'of-another-namespace': ['no_name_id', '<x:NameID xmlns:x="urn:x">ada@example.com</x:NameID>'],
  twice: ['response_malformed: more than one NameID', nameId() + nameId('mallory@example.com')],
  'with-an-element': [
    'response_malformed: a NameID that is not text',
    '<saml:NameID>ada@example.com<saml:x/>.evil.example</saml:NameID>',
  ],
};
for (const [name, [expected, id]] of Object.entries(ids)) {
  refuse(`policy/name-id-${name}`, expected, 'One NameID, text, not blank.', signedWith({ subject: subject({ id }) }));
}

// Attributes
refuse(
  'policy/attribute-without-a-name',
  'response_malformed: an Attribute without Name',
  'An attribute has a name.',
  signedWith({ attributeStatement: '<saml:AttributeStatement><saml:Attribute/></saml:AttributeStatement>' }),
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
const both = answering('_request', '_request');
refuse('policy/in-response-to-nothing-pending', 'unknown_request', 'It answers a request of this browser.', both);
refuse('policy/in-response-to-another-request', 'unknown_request', 'It answers a request of this browser.', both, {
  pending: '_other',
});
refuse('policy/in-response-to-empty', 'unknown_request', 'An empty InResponseTo is no request.', answering('', ''), {
  pending: '_request',
});
refuse(
  'policy/in-response-to-nothing-pending-where-idp-initiated-is-not-allowed',
  'unknown_request',
  'It answers a request of this browser.',
  both,
  { idpInitiated: false },
);
refuse(
  'policy/unsolicited',
  'idp_initiated_not_allowed',
  'A sign-in may not begin at this identity provider.',
  answering(null, null),
  { idpInitiated: false },
);
refuse(
  'policy/unsolicited-while-a-request-is-pending',
  'idp_initiated_not_allowed',
  'A pending request is answered by naming it.',
  answering(null, null),
  { idpInitiated: false, pending: '_request' },
);
const mismatches = {
  'response-and-confirmation-differ': answering('_request', '_other'),
  'response-and-confirmation-differ-signed': answering('_request', '_other', signResponse),
  'confirmations-differ': answering('_request', ['_request', '_other']),
  'only-on-an-unsigned-response': answering('_request', null),
  'empty-on-an-unsigned-response': answering('', '_request'),
};
for (const [name, document] of Object.entries(mismatches)) {
  refuse(
    `policy/in-response-to-${name}`,
    'in_response_to_mismatch',
    'Wherever a response says what it answers, it says the same, and a signed part says it.',
    document,
    { pending: '_request' },
  );
}

refuse(
  'policy/name-id-unspecified-and-blank',
  'no_name_id',
  'The format does not matter.',
  signedWith({
    subject: subject({ id: nameId(' ', nameIdFormat.unspecified) }),
    attributeStatement: attributeStatement({ email: ['ada@example.com'] }),
  }),
);
refuse(
  'policy/unknown-request-allowed-but-not-idp-initiated',
  'unknown_request',
  'Where no sign-in may begin at the identity provider, an unknown request is none that allows it.',
  both,
  { idpInitiated: false, allowUnknownRequest: true },
);
refuse(
  'policy/in-response-to-two-requests-where-unknown-ones-are-allowed',
  'in_response_to_mismatch',
  'Wherever the response says what it answers, it says the same.',
  answering('_request', '_other'),
  { allowUnknownRequest: true },
);

// How the user was authenticated
const contextClass = (name) => `urn:oasis:names:tc:SAML:2.0:ac:classes:${name}`;
const byPassword = contextClass('PasswordProtectedTransport');
const contexts = {
  'another-than-is-asked-for': [signAssertion(response()), [contextClass('X509')]],
  'of-other-case': [signAssertion(response()), [byPassword.toUpperCase()]],
  'that-begins-alike': [signAssertion(response()), [`${byPassword}2`]],
  'missing-statement': [signedWith({ authnStatement: '' }), [byPassword]],
  'without-a-class': [
    signedWith({
      authnStatement: authnStatement().replace(/<saml:AuthnContextClassRef>.*<\/saml:AuthnContextClassRef>/, ''),
    }),
    [byPassword],
  ],
  'as-a-declaration': [
    signedWith({ authnStatement: authnStatement().replaceAll('AuthnContextClassRef', 'AuthnContextDeclRef') }),
    [byPassword],
  ],
  'in-another-namespace': [
    signedWith({ authnStatement: authnStatement().replaceAll('saml:AuthnContextClassRef', 'samlp:AuthnContextClassRef') }),
    [byPassword],
  ],
};
for (const [name, [document, authnContext]] of Object.entries(contexts)) {
  refuse(`policy/authn-context-${name}`, 'wrong_authn_context', 'One of the ways that are asked for was taken.', document, {
    authnContext,
  });
}
refuse(
  'policy/authn-context-class-twice',
  'response_malformed: more than one AuthnContextClassRef',
  'One class in one context.',
  signedWith({ authnStatement: authnStatement().replace(/<saml:AuthnContextClassRef>.*<\/saml:AuthnContextClassRef>/, '$&$&') }),
);
