// Forms whose signed element is not what would be read (SAML bindings 3.5): wrapping, donors, changes after signing.
import { assertion, cut, edit, element, extensions, nameId, response, scene, success } from '../documents.mjs';
import { nameIdFormat, ns, uri } from '../names.mjs';
import { sign, signAssertion } from '../sign.mjs';
import { form, logoutRequest, logoutResponse, post, redirect, refuses, signOctets, stored } from './messages.mjs';

const xml = logoutRequest();
const query = redirect(xml, { relayState: 'r' });
const signed = 'What is not signed is nobody’s.';
const once = 'Each parameter once.';
const refuse = (name, expected, why, body, settings) => refuses('post', name, expected, why, body, settings);
const field = (document, more = {}) => form({ SAMLRequest: Buffer.from(document).toString('base64'), ...more });
refuse('nothing', 'not_one_message', 'Exactly one message.', '');
refuse('unsigned', 'not_signed', signed, field(xml));
refuse('unsigned-response', 'not_signed', signed, form({ SAMLResponse: Buffer.from(logoutResponse()).toString('base64') }));
refuse(
  'signature-of-the-query',
  'not_signed',
  'In a form the element is signed.',
  field(xml, { SigAlg: uri.rsaSha256, Signature: signOctets(query) }),
);
refuse('both-messages', 'not_one_message', 'Exactly one message.', `${post(xml)}&SAMLResponse=x`);
refuse(
  'message-in-lower-case',
  'not_one_message',
  'Names are compared exactly.',
  post(xml).replace('SAMLRequest', 'samlRequest'),
);
refuse('message-twice', 'parameter_repeated: SAMLRequest', once, `${post(xml)}&SAMLRequest=x`);
refuse('relay-state-twice', 'parameter_repeated: RelayState', once, `${post(xml, { relayState: 'r' })}&RelayState=r`);
refuse('message-empty', 'not_base64: SAMLRequest', 'Base64.', 'SAMLRequest=');
refuse('message-not-base64', 'not_base64: SAMLRequest', 'Base64.', 'SAMLRequest=%25');
refuse('deflated', 'not_utf8', 'A form carries the document as it is.', field(Buffer.concat([Buffer.from([0xff]), stored(xml)])));
refuse('oversize', 'document_too_large', 'Bounds before work.', 'SAMLRequest=@', { repeat: { '@': ['ICAg', 87_382] } });

const bare = (text) => text.replace(/<ds:Signature [\s\S]*<\/ds:Signature>/, '');
const whole = sign(xml, { id: '_logout' });
const signature = cut(whole, 'ds:Signature');
const evil = (parts) => logoutRequest({ id: '_evil', subject: nameId('grace@example.com'), ...parts });
const into = (text, content) => text.replace('</saml:Issuer>', () => `</saml:Issuer>${content}`);
const inside = (text, content) => edit(text, '</ds:Signature>', `${content}</ds:Signature>`);
const around = 'A signature is about the element around it.';
refuse(
  'changed-name-id',
  'digest_mismatch: LogoutRequest',
  'What is read is what was signed.',
  field(edit(whole, '>ada@', '>eda@')),
);
refuse(
  'changed-session-index',
  'digest_mismatch: LogoutRequest',
  'What is read is what was signed.',
  field(edit(whole, '>_session<', '><')),
);
refuse(
  'session-index-removed',
  'digest_mismatch: LogoutRequest',
  'What is read is what was signed.',
  field(edit(whole, '<samlp:SessionIndex>_session</samlp:SessionIndex>', '')),
);
refuse(
  'session-index-added',
  'digest_mismatch: LogoutRequest',
  'What is read is what was signed.',
  field(edit(whole, '</samlp:LogoutRequest>', '<samlp:SessionIndex>x</samlp:SessionIndex></samlp:LogoutRequest>')),
);
refuse(
  'changed-format',
  'digest_mismatch: LogoutRequest',
  'What is read is what was signed.',
  field(edit(whole, nameIdFormat.email, nameIdFormat.persistent)),
);
refuse(
  'changed-signed-info',
  'wrong_key',
  'The signature is over SignedInfo.',
  field(edit(whole, '<ds:SignedInfo>', '<ds:SignedInfo Id="x">')),
);
refuse('signature-moved-to-another', 'reference_elsewhere', around, field(into(evil(), signature)));
refuse(
  'signature-moved-to-one-of-its-id',
  'digest_mismatch: LogoutRequest',
  around,
  field(into(evil({ id: '_logout' }), signature)),
);
refuse(
  'wrapped-in-extensions',
  'signature_misplaced',
  'A signature stands in what it signs.',
  field(evil({ extensions: extensions(whole) })),
);
refuse(
  'wrapped-in-extensions-signature-outside',
  'reference_elsewhere',
  around,
  field(into(evil({ extensions: extensions(bare(whole)) }), signature)),
);
refuse(
  'wrapped-in-extensions-of-one-id',
  'duplicate_id',
  'An ID stands once.',
  field(into(evil({ id: '_logout', extensions: extensions(bare(whole)) }), signature)),
);
refuse(
  'wrapped-in-object',
  'signature_malformed: not exactly one SignedInfo, one SignatureValue and at most one KeyInfo',
  'A signature has no Object.',
  field(into(evil(), inside(signature, `<ds:Object>${bare(whole)}</ds:Object>`))),
);
refuse(
  'wrapped-in-key-info',
  'reference_elsewhere',
  around,
  field(into(evil(), inside(signature, `<ds:KeyInfo>${bare(whole)}</ds:KeyInfo>`))),
);
refuse(
  'wrapped-in-the-signature',
  'signature_malformed: not exactly one SignedInfo, one SignatureValue and at most one KeyInfo',
  around,
  field(into(evil(), inside(signature, bare(whole)))),
);
refuse(
  'wrapped-in-the-name-id',
  'reference_elsewhere',
  around,
  field(into(evil({ subject: `<saml:NameID>${bare(whole)}</saml:NameID>` }), signature)),
);
refuse('behind-the-message', 'reference_elsewhere', around, field(into(evil({ after: bare(whole) }), signature)));
refuse('around-the-message', 'signature_misplaced', 'A signature stands in what it signs.', field(evil({ after: whole })));
refuse(
  'signature-last',
  'signature_misplaced',
  'After Issuer.',
  field(edit(bare(whole), '</samlp:LogoutRequest>', `${signature}</samlp:LogoutRequest>`)),
);
refuse('signature-twice', 'signature_misplaced', 'One signature.', field(into(bare(whole), signature + signature)));
refuse('id-alias', 'id_alias', 'One identifier.', post(logoutRequest({ attributes: ' Id="_other"' })));
refuse('xml-id', 'id_alias', 'One identifier.', post(logoutRequest({ attributes: ' xml:id="_other"' })));
refuse(
  'duplicate-id',
  'duplicate_id',
  'An ID stands once.',
  post(logoutRequest({ subject: edit(nameId(), ' Format', ' ID="_logout" Format') })),
);
refuse(
  'two-references',
  'signature_malformed: not exactly one method of each kind and one Reference',
  'One Reference.',
  post(xml, { edit: { reference: (text) => text + text } }),
);
refuse('empty-reference', 'reference_elsewhere', around, post(xml, { uri: '' }));
refuse(
  'transform',
  'transform_not_allowed',
  'Two transforms.',
  post(xml, {
    transforms: `<ds:Transforms><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"/></ds:Transforms>`,
  }),
);
refuse('digest-sha1', 'algorithm_not_allowed', 'Algorithms from a list.', post(xml, { digest: uri.sha1 }));

// The identity provider did sign these, as something else.
const donors = {
  assertion: [signAssertion(response()), 'saml:Assertion'],
  response: [sign(response(), { id: '_response' }), 'samlp:Response'],
  'logout-response': [sign(logoutResponse(), { id: '_answer' }), 'samlp:LogoutResponse'],
  'authn-request': [
    sign(
      `<samlp:AuthnRequest xmlns:samlp="${ns.samlp}" xmlns:saml="${ns.saml}" ID="_authn" Version="2.0"><saml:Issuer>${scene.issuer}</saml:Issuer></samlp:AuthnRequest>`,
      { id: '_authn' },
    ),
    'samlp:AuthnRequest',
  ],
};
for (const [name, [document, root]] of Object.entries(donors)) {
  const donor = cut(document, root);
  const its = cut(donor, 'ds:Signature');
  const id = donor.match(/ ID="([^"]*)"/)[1];
  const stripped = bare(donor);
  refuse(`donor-${name}-signature-moved`, 'reference_elsewhere', around, field(into(evil(), its)));
  refuse(`donor-${name}-signature-moved-to-its-id`, 'digest_mismatch: LogoutRequest', around, field(into(evil({ id }), its)));
  refuse(
    `donor-${name}-in-extensions`,
    'reference_elsewhere',
    around,
    field(into(evil({ extensions: extensions(stripped) }), its)),
  );
  refuse(
    `donor-${name}-whole-in-extensions`,
    'signature_misplaced',
    'A signature stands in what it signs.',
    field(evil({ extensions: extensions(donor) })),
  );
}
refuse(
  'element-behind-the-assertion',
  'wrong_root',
  'The document is what the field announces.',
  form({
    SAMLResponse: Buffer.from(
      signAssertion(response({ assertion: assertion() + element('samlp:SessionIndex', 'x') + success() })),
    ).toString('base64'),
  }),
);
