// Signature wrapping: a sound signature over something else than what would be read. XSW 1 to 8 are those of "On Breaking
// SAML: Be Whoever You Want to Be" (USENIX Security 2012), in the order in which SAML Raider numbers them.
import { refuse } from '../case.mjs';
import { assertion, cut, edit, element, extensions, nameId, response, scene, subject, success } from '../documents.mjs';
import { ns, status } from '../names.mjs';
import { sign, signAssertion, signResponse } from '../sign.mjs';

const one = 'Exactly one assertion in the document.';
const mallory = { subject: subject({ id: nameId('mallory@example.com') }) };
const evil = (id = '_evil') => assertion({ id, ...mallory });
const bare = (text) => text.replace(/<ds:Signature [\s\S]*<\/ds:Signature>/, '');
const into = (text, signature) => edit(text, '</saml:Issuer>', `</saml:Issuer>${signature}`);
const inSignature = (signature, content) => edit(signature, '</ds:Signature>', `${content}</ds:Signature>`);
const object = (content) => `<ds:Object>${content}</ds:Object>`;

const signedResponse = signResponse(response());
const responseSignature = cut(signedResponse, 'ds:Signature');
const signedAssertion = cut(signAssertion(response()), 'saml:Assertion');
const assertionSignature = cut(signedAssertion, 'ds:Signature');
/** A forged Response around whatever is given, with its own ID and assertion. */
const forged = (parts = {}) => response({ id: '_forged', assertion: evil(), ...parts });
/** Puts something right after the Issuer of a Response. */
const afterIssuer = (xml, content) => xml.replace('</saml:Issuer>', () => `</saml:Issuer>${content}`);

for (const [variant, id] of [
  ['', '_forged'],
  ['-same-id', '_response'],
]) {
  const attack = (content) => afterIssuer(forged({ id }), content);
  refuse(`wrapping/xsw1${variant}`, 'too_many_assertions: 2', one, attack(inSignature(responseSignature, bare(signedResponse))));
  refuse(
    `wrapping/xsw1-object${variant}`,
    'too_many_assertions: 2',
    one,
    attack(inSignature(responseSignature, object(bare(signedResponse)))),
  );
  refuse(`wrapping/xsw2${variant}`, 'too_many_assertions: 2', one, attack(bare(signedResponse) + responseSignature));
  refuse(`wrapping/xsw2-after${variant}`, 'too_many_assertions: 2', one, attack(responseSignature + bare(signedResponse)));
}
for (const [variant, id] of [
  ['', '_evil'],
  ['-same-id', '_assertion'],
]) {
  const bad = evil(id);
  const badSigned = into(bad, assertionSignature);
  const original = bare(signedAssertion);
  const inside = (text, content) => edit(text, '</saml:Assertion>', `${content}</saml:Assertion>`);
  const attacks = {
    xsw3: response({ assertion: bad + signedAssertion }),
    'xsw3-after': response({ assertion: signedAssertion + bad }),
    xsw4: response({ assertion: inside(bad, signedAssertion) }),
    xsw5: response({ assertion: badSigned + original }),
    'xsw5-before': response({ assertion: original + badSigned }),
    xsw6: response({ assertion: into(bad, inSignature(assertionSignature, original)) }),
    xsw7: response({ extensions: extensions(bad), assertion: signedAssertion }),
    'xsw7-reversed': response({ extensions: extensions(signedAssertion), assertion: bad }),
    xsw8: response({ assertion: into(bad, inSignature(assertionSignature, object(original))) }),
    advice: response({ assertion: inside(badSigned, `<saml:Advice>${original}</saml:Advice>`) }),
    'advice-with-its-signature': response({ assertion: inside(bad, `<saml:Advice>${signedAssertion}</saml:Advice>`) }),
    'status-detail': response({
      status: edit(success(), '</samlp:Status>', `<samlp:StatusDetail>${original}</samlp:StatusDetail></samlp:Status>`),
      assertion: badSigned,
    }),
    'key-info': response({ assertion: into(bad, inSignature(assertionSignature, `<ds:KeyInfo>${original}</ds:KeyInfo>`)) }),
    'attribute-value': response({ assertion: edit(badSigned, '>engineering<', `>${original}<`) }),
    issuer: response({ issuer: edit(element('saml:Issuer', scene.issuer), '</', `${original}</`), assertion: badSigned }),
    'as-an-encrypted-one': response({ assertion: `${badSigned}<saml:EncryptedAssertion>${original}</saml:EncryptedAssertion>` }),
  };
  for (const [name, document] of Object.entries(attacks)) {
    const count = name === 'as-an-encrypted-one' ? 3 : 2;
    refuse(`wrapping/${name}${variant}`, `too_many_assertions: ${count}`, one, document);
  }
}

// The donor holds no assertion, so the count is right: a failure, a logout message, metadata, all soundly signed by the
// trusted key. Now the place, the reference and the ids have to stop it.
const donors = {
  failure: response({ id: '_donor', status: success().replace(status('Success'), status('Requester')), assertion: '' }),
  'logout-request': `<samlp:LogoutRequest xmlns:samlp="${ns.samlp}" xmlns:saml="${ns.saml}" ID="_donor" Version="2.0"><saml:Issuer>${scene.issuer}</saml:Issuer>${nameId()}</samlp:LogoutRequest>`,
  'logout-response': `<samlp:LogoutResponse xmlns:samlp="${ns.samlp}" xmlns:saml="${ns.saml}" ID="_donor" Version="2.0"><saml:Issuer>${scene.issuer}</saml:Issuer>${success()}</samlp:LogoutResponse>`,
  metadata: `<md:EntityDescriptor xmlns:md="${ns.md}" ID="_donor" entityID="${scene.issuer}"><md:Organization/></md:EntityDescriptor>`,
};
const first = (xml, signature) => xml.replace(/^(<[^>]*>)/, (start) => start + signature);
for (const [name, document] of Object.entries(donors)) {
  const signed = sign(document, {
    id: '_donor',
    place: name === 'metadata' ? first : undefined,
    ...(name === 'metadata' ? {} : { place: intoIssuer }),
  });
  const signature = cut(signed, 'ds:Signature');
  const stripped = bare(signed);
  refuse(
    `wrapping/donor-${name}-with-its-signature-in-extensions`,
    'signature_misplaced',
    'A signature stands in the Response or the assertion only.',
    response({ extensions: extensions(signed) }),
  );
  refuse(
    `wrapping/donor-${name}-signature-moved-to-the-response`,
    'reference_elsewhere',
    'A signature is about the element around it.',
    afterIssuer(forged({ extensions: extensions(stripped) }), signature),
  );
  refuse(
    `wrapping/donor-${name}-signature-moved-to-the-assertion`,
    'reference_elsewhere',
    'A signature is about the element around it.',
    response({ extensions: extensions(stripped), assertion: into(evil(), signature) }),
  );
  refuse(
    `wrapping/donor-${name}-in-object`,
    'signature_malformed: not exactly one SignedInfo, one SignatureValue and at most one KeyInfo',
    'A signature has no Object.',
    afterIssuer(forged(), inSignature(signature, object(stripped))),
  );
  refuse(
    `wrapping/donor-${name}-in-key-info`,
    'reference_elsewhere',
    'A signature is about the element around it.',
    afterIssuer(forged(), inSignature(signature, `<ds:KeyInfo>${stripped}</ds:KeyInfo>`)),
  );
  refuse(
    `wrapping/donor-${name}-with-the-assertions-id`,
    'duplicate_id',
    'An ID stands once in the document.',
    response({ extensions: extensions(stripped), assertion: into(evil('_donor'), signature) }),
  );
  refuse(
    `wrapping/donor-${name}-with-the-responses-id`,
    'duplicate_id',
    'An ID stands once in the document.',
    afterIssuer(forged({ id: '_donor', extensions: extensions(stripped) }), signature),
  );
  refuse(
    `wrapping/donor-${name}-left-out`,
    'digest_mismatch: Response',
    'What is read is what was signed.',
    afterIssuer(forged({ id: '_donor' }), signature),
  );
  refuse(
    `wrapping/donor-${name}-left-out-for-the-assertion`,
    'digest_mismatch: Assertion',
    'What is read is what was signed.',
    response({ assertion: into(evil('_donor'), signature) }),
  );
}

function intoIssuer(xml, signature) {
  return afterIssuer(xml, signature);
}

// A signature of the Response over the assertion's own, and the other way round.
refuse(
  'wrapping/response-signs-the-assertion-only',
  'reference_elsewhere',
  'A signature is about the element around it.',
  afterIssuer(response({ assertion: bare(signedAssertion) }), assertionSignature),
);
refuse(
  'wrapping/assertion-carries-the-signature-of-the-response',
  'reference_elsewhere',
  'A signature is about the element around it.',
  response({ assertion: into(assertion(), responseSignature) }),
);
