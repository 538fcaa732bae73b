// "Policy, after the signature": each line with a sound signature, so that only the line can refuse.
import { refuse } from '../case.mjs';
import { assertion, conditions, edit, element, response, scene, subject } from '../documents.mjs';

import { signAssertion, signBoth, signResponse } from '../sign.mjs';
import { otherUrls } from './other-urls.mjs';

const signedWith = (pieces) => signAssertion(response({ assertion: assertion(pieces) }));

// Version
for (const [name, version] of [
  ['missing', null],
  ['1-1', '1.1'],
  ['2-1', '2.1'],
  ['with-space', '2.0 '],
]) {
  refuse(
    `policy/version-of-response-${name}`,
    'wrong_version',
    'A Response is of version 2.0.',
    signAssertion(response({ version })),
  );
  refuse(`policy/version-of-assertion-${name}`, 'wrong_version', 'An assertion is of version 2.0.', signedWith({ version }));
}

// Issuer
const otherIssuer = element('saml:Issuer', 'https://other.example/entity');
refuse(
  'policy/issuer-of-response-unknown',
  'unknown_issuer',
  'No provider has this entity ID.',
  signResponse(response({ issuer: otherIssuer })),
);
refuse(
  'policy/issuer-of-response-unknown-beside-a-signed-assertion',
  'unknown_issuer',
  'The issuer of the Response counts, signed or not.',
  signAssertion(response({ issuer: otherIssuer })),
);
refuse(
  'policy/issuer-of-assertion-other',
  'wrong_issuer: Assertion',
  'Response and assertion are by one issuer.',
  signedWith({ issuer: otherIssuer }),
);
refuse(
  'policy/issuer-of-assertion-other-in-a-signed-response',
  'wrong_issuer: Assertion',
  'Response and assertion are by one issuer.',
  signResponse(response({ assertion: assertion({ issuer: otherIssuer }) })),
);
refuse(
  'policy/issuer-of-assertion-missing',
  'wrong_issuer: Assertion',
  'An assertion names its issuer.',
  signResponse(response({ assertion: assertion({ issuer: '' }) })),
);
refuse(
  'policy/issuer-nowhere',
  'unknown_issuer',
  'Without an issuer there is no provider.',
  response({ issuer: '', assertion: assertion({ issuer: '' }) }),
);
refuse(
  'policy/issuer-empty',
  'unknown_issuer',
  'An empty issuer is none.',
  signResponse(response({ issuer: element('saml:Issuer', '') })),
);
for (const [name, issuer] of [
  ['other-case', scene.issuer.toUpperCase()],
  ['slash', `${scene.issuer}/`],
  ['prefix', scene.issuer.slice(0, -1)],
  ['zero-width', `${scene.issuer}\u200b`],
]) {
  refuse(`policy/issuer-${name}`, 'unknown_issuer', 'Entity IDs are compared exactly.', signedResponseBy(issuer));
}
refuse(
  'policy/issuer-twice',
  'response_malformed: more than one Issuer',
  'One issuer.',
  signAssertion(response({ issuer: element('saml:Issuer', scene.issuer) + otherIssuer })),
);
refuse(
  'policy/issuer-of-assertion-twice',
  'response_malformed: more than one Issuer',
  'One issuer.',
  signedWith({ issuer: element('saml:Issuer', scene.issuer) + element('saml:Issuer', scene.issuer) }),
);
refuse(
  'policy/issuer-with-an-element',
  'response_malformed: an Issuer that is not text',
  'An issuer is text.',
  signAssertion(response({ issuer: `<saml:Issuer>${scene.issuer}<saml:x/></saml:Issuer>` })),
);

function signedResponseBy(issuer) {
  return signBoth(
    response({ issuer: element('saml:Issuer', issuer), assertion: assertion({ issuer: element('saml:Issuer', issuer) }) }),
  );
}

// Destination
for (const [name, destination] of Object.entries(otherUrls)) {
  const why = 'Destination is the URL that was called, byte for byte.';
  refuse(`policy/destination-${name}`, 'wrong_destination', why, signResponse(response({ destination })));
  refuse(
    `policy/destination-${name}-beside-a-signed-assertion`,
    'wrong_destination',
    why,
    signAssertion(response({ destination })),
  );
}
refuse(
  'policy/destination-missing-on-a-signed-response',
  'wrong_destination',
  'A signed Response by POST has a Destination.',
  signResponse(response({ destination: null })),
);
refuse(
  'policy/destination-is-the-other-form-of-our-url',
  'wrong_destination',
  'The URL that was called, not another one of ours.',
  signResponse(response()),
  { acsUrl: 'https://sp.example/saml/acme/acs' },
);

// Audience
refuse('policy/audience-no-conditions', 'wrong_audience', 'An AudienceRestriction is required.', signedWith({ conditions: '' }));
refuse(
  'policy/audience-no-restriction',
  'wrong_audience',
  'An AudienceRestriction is required.',
  signedWith({ conditions: conditions({ audiences: [] }) }),
);
const audiences = {
  'empty-restriction': [[]],
  'empty-text': [['']],
  other: [['other.example']],
  'other-case': [['SP.example']],
  longer: [['sp.example/x']],
  shorter: [['sp.exampl']],
  url: [['https://sp.example']],
  'first-restriction-only': [[scene.audience], ['other.example']],
  'second-restriction-only': [['other.example'], [scene.audience]],
  'joined-texts': [['sp.', 'example']],
};
for (const [name, list] of Object.entries(audiences)) {
  refuse(
    `policy/audience-${name}`,
    'wrong_audience',
    'Each restriction names us exactly.',
    signedWith({ conditions: conditions({ audiences: list }) }),
  );
}
refuse(
  'policy/audience-in-another-namespace',
  'wrong_audience',
  'Audience is an element of SAML.',
  signedWith({
    conditions: edit(
      conditions(),
      `<saml:Audience>${scene.audience}</saml:Audience>`,
      `<x:Audience xmlns:x="urn:x">${scene.audience}</x:Audience>`,
    ),
  }),
);
refuse(
  'policy/audience-with-an-element',
  'response_malformed: an Audience that is not text',
  'An audience is text.',
  signedWith({ conditions: edit(conditions(), scene.audience, `${scene.audience}<saml:x/>`) }),
);

// Conditions
refuse(
  'policy/conditions-twice',
  'response_malformed: more than one Conditions',
  'One Conditions.',
  signedWith({ conditions: conditions() + conditions() }),
);
refuse(
  'policy/condition-of-a-type',
  'unknown_condition: Condition',
  'A condition that is not understood is not met.',
  signedWith({
    conditions: conditions({ more: '<saml:Condition xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="x"/>' }),
  }),
);
refuse(
  'policy/condition-of-another-namespace',
  'unknown_condition: OneTimeUse',
  'A condition that is not understood is not met.',
  signedWith({ conditions: conditions({ more: '<x:OneTimeUse xmlns:x="urn:x"/>' }) }),
);
const conditionTimes = [
  [
    'not-before-a-millisecond-past-the-skew',
    'not_yet_valid: Conditions NotBefore',
    { notBefore: '2026-11-22T06:02:00.001Z' },
    {},
  ],
  [
    'not-before-without-skew',
    'not_yet_valid: Conditions NotBefore',
    { notBefore: '2026-11-22T06:00:00.001Z' },
    { skewSeconds: 0 },
  ],
  ['not-on-or-after-at-the-skew', 'expired: Conditions NotOnOrAfter', { notOnOrAfter: '2026-11-22T05:58:00Z' }, {}],
  ['not-on-or-after-is-exclusive', 'expired: Conditions NotOnOrAfter', { notOnOrAfter: scene.now }, { skewSeconds: 0 }],
  [
    'not-on-or-after-at-the-largest-skew',
    'expired: Conditions NotOnOrAfter',
    { notOnOrAfter: '2026-11-22T05:55:00Z' },
    { skewSeconds: 300 },
  ],
  ['over-for-a-year', 'expired: Conditions NotOnOrAfter', { notOnOrAfter: '2025-11-22T06:00:00Z' }, {}],
];
for (const [name, expected, times, settings] of conditionTimes) {
  const document = signedWith({ conditions: conditions({ notBefore: null, notOnOrAfter: null, ...times }) });
  refuse(`policy/conditions-${name}`, expected, 'Conditions hold for a time, give or take the skew.', document, settings);
}
