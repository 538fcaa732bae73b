// What comes before any signature: the form field, the root, the status, the number and the place of assertions.
import { deflateRawSync } from 'node:zlib';
import { refuse } from '../case.mjs';
import { assertion, cut, edit, element, extensions, nameId, response, scene, subject, success } from '../documents.mjs';
import { ns, status } from '../names.mjs';
import { sign, signAssertion, signBoth, signResponse } from '../sign.mjs';

const sound = signBoth(response());

// Base64
const base64 = Buffer.from(sound).toString('base64');
const fields = {
  empty: '',
  blank: ' \r\n',
  words: 'not base64 at all!',
  'url-alphabet': Buffer.from('<<???>>').toString('base64url'),
  'without-padding': Buffer.from('<Response/>').toString('base64').replace(/=+$/, ''),
  'padding-inside': `${base64.slice(0, 8)}=${base64.slice(8)}`,
  'trailing-bits': 'PGEvPm==',
  'xml-itself': '<samlp:Response/>',
  'percent-escaped': '%50%47',
};
for (const [name, verbatim] of Object.entries(fields)) {
  refuse(`envelope/base64-${name}`, 'not_base64', 'The form field is base64.', '', { posted: { verbatim } });
}
refuse(
  'envelope/deflated',
  'not_utf8',
  'By POST nothing is compressed; a response of the redirect binding is not read.',
  deflateRawSync(Buffer.from(sound), { level: 0 }),
);

// The root
const roots = {
  'assertion-alone': signAssertion(response({ content: '' }))
    .match(/<saml:Assertion[\s\S]*<\/saml:Assertion>/)[0]
    .replace('<saml:Assertion', `<saml:Assertion xmlns:saml="${ns.saml}"`),
  'no-namespace': '<Response/>',
  'assertion-namespace': sound.replace('<samlp:Response', '<saml:Response').replace('</samlp:Response>', '</saml:Response>'),
  'saml-1-1': sound.replaceAll(ns.samlp, 'urn:oasis:names:tc:SAML:1.0:protocol'),
  'namespace-in-other-case': sound.replaceAll(ns.samlp, ns.samlp.toUpperCase().replace('URN', 'urn')),
  'namespace-with-space': sound.replaceAll(`"${ns.samlp}"`, `"${ns.samlp} "`),
  'name-in-other-case': sound.replaceAll('samlp:Response', 'samlp:response'),
  'artifact-response': `<samlp:ArtifactResponse xmlns:samlp="${ns.samlp}">${sound}</samlp:ArtifactResponse>`,
  'soap-envelope': `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>${sound}</e:Body></e:Envelope>`,
  html: '<html><body>Sign in</body></html>',
  'logout-response': `<samlp:LogoutResponse xmlns:samlp="${ns.samlp}" xmlns:saml="${ns.saml}" ID="_logout" Version="2.0"><saml:Issuer>${scene.issuer}</saml:Issuer>${success()}</samlp:LogoutResponse>`,
};
for (const [name, document] of Object.entries(roots)) {
  const signed = name === 'logout-response' ? sign(document, { id: '_logout' }) : document;
  refuse(`envelope/root-${name}`, 'wrong_root', 'The document element is samlp:Response.', signed);
}

// The status
const code = (value, inner = '') => `<samlp:StatusCode Value="${value}">${inner}</samlp:StatusCode>`;
const statusOf = (...codes) => `<samlp:Status>${codes.join('')}</samlp:Status>`;
const failures = {
  requester: statusOf(code(status('Requester'))),
  'responder-with-reason': statusOf(code(status('Responder'), code(status('AuthnFailed')))),
  'requester-around-success': statusOf(code(status('Requester'), code(status('Success')))),
  'success-with-space': statusOf(code(`${status('Success')} `)),
  'success-by-its-last-word': statusOf(code('Success')),
  'without-value': statusOf('<samlp:StatusCode/>'),
  'with-a-message': `<samlp:Status>${code(status('Requester'))}<samlp:StatusMessage>Ada is not assigned</samlp:StatusMessage></samlp:Status>`,
};
for (const [name, failed] of Object.entries(failures)) {
  const why = 'Only the top code Success is a success.';
  refuse(`envelope/status-${name}`, 'idp_status', why, signResponse(response({ status: failed })));
  refuse(`envelope/status-${name}-beside-a-signed-assertion`, 'idp_status', why, signAssertion(response({ status: failed })));
  refuse(`envelope/status-${name}-without-assertion`, 'idp_status', why, response({ status: failed, assertion: '' }));
}
const shapes = {
  missing: ['not exactly one Status', ''],
  twice: ['not exactly one Status', success() + success()],
  'of-another-namespace': ['not exactly one Status', success().replaceAll('samlp:', 'saml:')],
  'without-code': ['not exactly one StatusCode', '<samlp:Status/>'],
  'with-two-codes': ['not exactly one StatusCode', statusOf(code(status('Success')), code(status('Success')))],
  'with-success-second': ['not exactly one StatusCode', statusOf(code(status('Requester')), code(status('Success')))],
};
for (const [name, [detail, bad]] of Object.entries(shapes)) {
  const why = 'Exactly one Status with one top StatusCode.';
  refuse(`envelope/status-${name}`, `response_malformed: ${detail}`, why, signResponse(response({ status: bad })));
  refuse(
    `envelope/status-${name}-beside-a-signed-assertion`,
    `response_malformed: ${detail}`,
    why,
    signAssertion(response({ status: bad })),
  );
}

// How many assertions, and where
const second = assertion({ id: '_second', subject: subject({ id: nameId('mallory@example.com') }) });
const encrypted =
  '<saml:EncryptedAssertion><x:EncryptedData xmlns:x="http://www.w3.org/2001/04/xmlenc#"/></saml:EncryptedAssertion>';
const one = 'Exactly one Assertion or EncryptedAssertion in the document, as a child of the Response.';
refuse('envelope/assertion-none', 'no_assertion', one, signResponse(response({ assertion: '' })));
for (const [name, other] of [
  [
    'saml-1-1',
    assertion()
      .replaceAll('saml:Assertion', 'old:Assertion')
      .replace('<old:Assertion', '<old:Assertion xmlns:old="urn:oasis:names:tc:SAML:1.0:assertion"'),
  ],
  ['of-the-protocol-namespace', assertion().replaceAll('saml:Assertion', 'samlp:Assertion')],
  ['in-other-case', assertion().replaceAll('saml:Assertion', 'saml:assertion')],
]) {
  refuse(`envelope/assertion-${name}`, 'no_assertion', one, signResponse(response({ assertion: other })));
}
const two = (first, then) => response({ assertion: first + then });
refuse('envelope/assertions-two-in-a-signed-response', 'too_many_assertions: 2', one, signResponse(two(assertion(), second)));
refuse(
  'envelope/assertions-two-equal',
  'too_many_assertions: 2',
  one,
  signResponse(two(assertion(), assertion({ id: '_second' }))),
);
refuse(
  'envelope/assertions-two-both-signed',
  'too_many_assertions: 2',
  one,
  sign(signAssertion(two(assertion(), second)), { id: '_second' }),
);
refuse('envelope/assertions-second-unsigned', 'too_many_assertions: 2', one, signAssertion(two(assertion(), second)));
refuse('envelope/assertions-first-unsigned', 'too_many_assertions: 2', one, signAssertion(two(second, assertion())));
refuse(
  'envelope/assertions-a-hundred',
  'too_many_assertions: 100',
  one,
  signResponse(
    two(
      assertion(),
      second.repeat(99).replace(
        /_second/g,
        (() => {
          let count = 0;
          return () => `_n${count++}`;
        })(),
      ),
    ),
  ),
);
refuse(
  'envelope/assertion-encrypted',
  'assertion_encrypted',
  'Encryption is not accepted here.',
  signResponse(response({ assertion: encrypted })),
);
refuse(
  'envelope/assertion-encrypted-beside-a-plain-one',
  'too_many_assertions: 2',
  one,
  signAssertion(two(encrypted, assertion())),
);
refuse(
  'envelope/assertion-plain-beside-an-encrypted-one',
  'too_many_assertions: 2',
  one,
  signAssertion(two(assertion(), encrypted)),
);

// One assertion, elsewhere; the Response that holds it is soundly signed.
const misplaced = {
  'in-extensions': response({ extensions: extensions(assertion()), assertion: '' }),
  'in-status-detail': response({
    status: edit(success(), '</samlp:Status>', `<samlp:StatusDetail>${assertion()}</samlp:StatusDetail></samlp:Status>`),
    assertion: '',
  }),
  'in-issuer': response({
    issuer: `<saml:Issuer>${scene.issuer}</saml:Issuer><saml:Advice>${assertion()}</saml:Advice>`,
    assertion: '',
  }),
  'in-a-wrapper': response({ assertion: `<saml:Wrapper>${assertion()}</saml:Wrapper>` }),
  'in-an-inner-response': response({ assertion: cut(response(), 'samlp:Response').replace('_response', '_inner') }),
};
for (const [name, document] of Object.entries(misplaced)) {
  refuse(`envelope/assertion-${name}`, 'assertion_misplaced', one, signResponse(document));
}
refuse(
  'envelope/assertion-in-an-inner-response-signed-itself',
  'assertion_misplaced',
  one,
  response({ assertion: cut(sound, 'samlp:Response').replace('ID="_response"', 'ID="_inner"') }),
);

// A second one inside what is signed: SAML would allow it in Advice, we do not.
const inner = {
  'in-advice': assertion({ advice: `<saml:Advice>${second}</saml:Advice>` }),
  'in-an-attribute-value': assertion({
    attributeStatement: `<saml:AttributeStatement><saml:Attribute Name="a"><saml:AttributeValue>${second}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>`,
  }),
  'in-subject-confirmation-data': assertion({
    subject: edit(
      subject(),
      '"/></saml:SubjectConfirmation>',
      `">${second}</saml:SubjectConfirmationData></saml:SubjectConfirmation>`,
    ),
  }),
};
for (const [name, content] of Object.entries(inner)) {
  const document = response({ assertion: content });
  refuse(`envelope/second-assertion-${name}`, 'too_many_assertions: 2', one, signAssertion(document));
  refuse(`envelope/second-assertion-${name}-of-a-signed-response`, 'too_many_assertions: 2', one, signResponse(document));
}
refuse(
  'envelope/second-assertion-in-status-detail',
  'too_many_assertions: 2',
  one,
  signResponse(
    response({ status: edit(success(), '</samlp:Status>', `<samlp:StatusDetail>${second}</samlp:StatusDetail></samlp:Status>`) }),
  ),
);
refuse(
  'envelope/second-assertion-in-extensions',
  'too_many_assertions: 2',
  one,
  signResponse(response({ extensions: extensions(second) })),
);
refuse(
  'envelope/second-assertion-in-key-info',
  'too_many_assertions: 2',
  'KeyInfo is not signed: what is in it is not read, and no assertion may be in it.',
  signAssertion(response(), { keyInfo: `<ds:KeyInfo>${second}</ds:KeyInfo>` }),
);

// Ids that are required
refuse(
  'envelope/id-of-response-missing',
  'response_malformed: an element without an ID of 1 to 256 characters',
  'A Response has an ID.',
  signAssertion(response({ id: null })),
);
refuse(
  'envelope/id-of-response-empty',
  'response_malformed: an element without an ID of 1 to 256 characters',
  'A Response has an ID.',
  signAssertion(response({ id: '' })),
);
refuse(
  'envelope/id-of-assertion-missing',
  'response_malformed: an element without an ID of 1 to 256 characters',
  'Replay is stopped by the ID of the assertion.',
  signResponse(response({ assertion: assertion({ id: null }) })),
);
refuse(
  'envelope/id-of-assertion-too-long',
  'response_malformed: an element without an ID of 1 to 256 characters',
  'Replay is stopped by the ID of the assertion, which is stored.',
  sign(response({ assertion: assertion({ id: `_${'a'.repeat(256)}` }) }), { id: `_${'a'.repeat(256)}` }),
);
refuse(
  'envelope/name-id-outside-of-the-signed-assertion',
  'no_bearer_confirmation',
  'A Subject beside the assertion is not part of it.',
  signAssertion(response({ extensions: extensions(subject()), assertion: assertion({ subject: '' }) })),
);
refuse(
  'envelope/issuer-element-of-another-namespace',
  'unknown_issuer',
  'The issuer is an element of SAML.',
  response({ issuer: element('samlp:Issuer', scene.issuer), assertion: assertion({ issuer: '' }) }),
);
