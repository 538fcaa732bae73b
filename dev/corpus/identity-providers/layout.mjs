// One layout, for those identity providers that differ in little else than prefixes and where they declare namespaces.
import { escaped } from '../documents.mjs';
import { nameIdFormat, ns, status } from '../names.mjs';
import { answering, bearer, context, format, millis, values } from './writing.mjs';

/**
 * A response, unsigned. `p` and `a` are the prefixes of protocol and assertion; `declareOnAssertion`: the latter is not
 * declared on the root. `assertion`, `idAttributes` and `authn` are attributes of Assertion, NameID and AuthnStatement;
 * `authority` follows the context class, `before` stands before the root, `attribute` writes an Attribute.
 */
export function layout(
  { ids, acsUrl, audience, issuer, begin, now, end, inResponseTo, nameId, attributes },
  {
    p = 'samlp',
    a = 'saml',
    idFormat = nameIdFormat.email,
    idAttributes = '',
    declareOnAssertion = true,
    assertion = '',
    time = millis,
    attribute = named(a),
    authn = `AuthnInstant="${time(begin)}" SessionIndex="_index"`,
    authority = '',
    before = '',
  } = {},
) {
  const onResponse = declareOnAssertion ? '' : ` xmlns:${a}="${ns.saml}"`;
  const onAssertion = declareOnAssertion ? ` xmlns:${a}="${ns.saml}"` : '';
  const [to, by] = [escaped(acsUrl), escaped(issuer)];
  const statement = attributes.map(attribute).join('');
  return (
    `${before}<${p}:Response xmlns:${p}="${ns.samlp}"${onResponse} ID="${ids.response}" Version="2.0" IssueInstant="${time(now)}" Destination="${to}"${answering(inResponseTo)}>` +
    `<${a}:Issuer${onAssertion}>${by}</${a}:Issuer>` +
    `<${p}:Status><${p}:StatusCode Value="${status('Success')}"/></${p}:Status>` +
    `<${a}:Assertion${onAssertion}${assertion} ID="${ids.assertion}" IssueInstant="${time(now)}" Version="2.0"><${a}:Issuer>${by}</${a}:Issuer>` +
    `<${a}:Subject><${a}:NameID Format="${idFormat}"${idAttributes}>${escaped(nameId)}</${a}:NameID><${a}:SubjectConfirmation Method="${bearer}">` +
    `<${a}:SubjectConfirmationData${answering(inResponseTo)} NotOnOrAfter="${time(end)}" Recipient="${to}"/></${a}:SubjectConfirmation></${a}:Subject>` +
    `<${a}:Conditions NotBefore="${time(begin)}" NotOnOrAfter="${time(end)}"><${a}:AudienceRestriction><${a}:Audience>${escaped(audience)}</${a}:Audience></${a}:AudienceRestriction></${a}:Conditions>` +
    `<${a}:AuthnStatement ${authn}><${a}:AuthnContext><${a}:AuthnContextClassRef>${context('PasswordProtectedTransport')}</${a}:AuthnContextClassRef>${authority}</${a}:AuthnContext></${a}:AuthnStatement>` +
    `${statement && `<${a}:AttributeStatement>${statement}</${a}:AttributeStatement>`}</${a}:Assertion></${p}:Response>`
  );
}

/**
 * A writer of Attributes: those with a friendly name have names that are URIs, unless there is another `nameFormat` for
 * all. `type` are attributes of each value.
 */
export function named(a, { type = '', nameFormat } = {}) {
  return ({ name, friendlyName, values: list }) => {
    const friendly = friendlyName === undefined ? '' : ` FriendlyName="${escaped(friendlyName)}"`;
    const named = ` NameFormat="${format(nameFormat ?? (friendlyName === undefined ? 'basic' : 'uri'))}"`;
    return `<${a}:Attribute Name="${escaped(name)}"${friendly}${named}>${values(list, `${a}:`, type)}</${a}:Attribute>`;
  };
}
