import { badge, definitions, h, heading, section, table } from './dom.js';
import { request } from './api.js';
import { areaField, selectField, textField } from './fields.js';
import { createForm } from './form.js';
import { refusal, trace } from './sign-ins.js';

const results = {
  passed: ['good', 'Passed'],
  failed: ['bad', 'Failed'],
  would_pass: ['off', 'Would pass'],
  would_fail: ['bad', 'Would fail'],
  not_reached: ['off', 'Not reached'],
};
const outcomes = { existing_user: 'The existing user signs in.', created_just_in_time: 'A user is created just in time.' };
const hypotheses = {
  existing_user: 'If the checks above passed, the existing user would sign in.',
  created_just_in_time: 'If the checks above passed, a user would be created just in time.',
  refused: 'Even if the checks above passed, the sign-in would be refused.',
};

export async function explainView({ account, signal, whisper }) {
  const { data: providers } = await request('GET', ['accounts', account, 'providers'], { query: { limit: 200 }, signal });
  const fields = {
    samlResponse: areaField({
      name: 'samlResponse',
      label: 'SAML response (base64)',
      rows: 8,
      attributes: { class: 'value' },
      hint: 'The value of the form field “SAMLResponse”, as the browser’s developer tools show it.',
    }),
    provider: selectField({
      name: 'provider',
      label: 'Provider',
      value: '',
      options: [['', 'The one that the response names'], ...providers.items.map(({ id, name }) => [id, name])],
    }),
    at: textField({
      name: 'at',
      label: 'As if it came at (optional)',
      hint: 'In UTC, such as 2026-11-22T10:00:00Z. Empty: now.',
    }),
  };
  const verdict = h('div', { class: 'verdict' });
  const form = createForm({
    fields: Object.values(fields),
    submitLabel: 'Check',
    busyLabel: 'Checking…',
    async submit() {
      verdict.replaceChildren();
      const body = {
        samlResponse: bare(fields.samlResponse.read()),
        provider: fields.provider.read(),
        at: fields.at.read().trim(),
      };
      for (const name of ['provider', 'at']) if (!body[name]) delete body[name];
      const { data } = await request('POST', ['accounts', account, 'saml', 'explain'], { body });
      verdict.replaceChildren(...explained(data));
      verdict.firstChild.focus();
      whisper(data.accepted ? 'The response would be accepted.' : 'The response would be refused.');
    },
  });
  form.place(...Object.values(fields).map((field) => field.element));
  return {
    title: 'Check a response',
    content: [
      heading('Check a response'),
      h(
        'p',
        {},
        'See what would be decided about a SAML response, check by check. Nobody is signed in, nothing is changed, and one that was used already can be checked again.',
      ),
      form.element,
      verdict,
    ],
  };
}

/** Whole form bodies are pasted too. */
function bare(text) {
  const value = /^\s*SAMLResponse=/.test(text) ? new URLSearchParams(text.trim()).get('SAMLResponse') : text;
  return value.trim();
}

function explained({ accepted, error, checks, signed, signatures, subject, attributes, unverified, decision }) {
  return [
    h(
      'h2',
      { tabindex: '-1', class: accepted ? 'good' : 'bad' },
      accepted ? 'This response would be accepted' : 'This response would be refused',
    ),
    error ? refusal(error, 'h3') : null,
    checkTable('Checks, in their order', checks),
    unverified ? claims(unverified) : null,
    subject
      ? section(
          'Subject',
          definitions([
            ['NameID', subject.nameId],
            ['E-mail', subject.email],
          ]),
        )
      : null,
    Object.keys(attributes ?? {}).length ? section('Attributes', definitions(Object.entries(attributes))) : null,
    decision ? section('Decision', h('p', {}, verdictOf(decision)), trace(decision.trace)) : null,
    signed
      ? section(
          'What was signed',
          definitions([
            ['Element', signed.element],
            ['Key', h('code', {}, signed.keyFingerprint)],
          ]),
          h('details', {}, h('summary', {}, 'Canonical XML'), h('pre', {}, signed.canonicalXml)),
        )
      : null,
    signatures?.map(signature),
  ]
    .flat()
    .filter(Boolean);
}

const verdictOf = ({ outcome, hypothetical }) => (hypothetical ? hypotheses : outcomes)[outcome] ?? outcome;

function checkTable(caption, checks) {
  return table(
    caption,
    ['Check', 'Outcome', 'Expected', 'Got'],
    checks.map(({ name, outcome, expected, got }) => [
      name.replaceAll('_', ' '),
      badge(...(results[outcome] ?? ['off', outcome])),
      expected,
      got,
    ]),
  );
}

/** Anybody can have written these: they stand apart from what was signed, and say so. */
function claims({ attributes, ...said }) {
  return section(
    'What the response claims',
    h('p', {}, 'Nobody trusted has signed this. It helps to find what is wrong, and proves nothing.'),
    definitions([
      ['Issuer of the Response', said.responseIssuer],
      ['Issuer of the Assertion', said.assertionIssuer],
      ['Destination', said.destination],
      ['Recipient', said.recipients],
      ['Audience', said.audiences],
      ['NameID', said.nameId],
      ['Not before', said.notBefore],
      ['Not on or after', said.notOnOrAfter],
      ['Confirmed until', said.confirmationNotOnOrAfter],
      ['Answers the request', said.inResponseTo],
      ...Object.entries(attributes).map(([name, values]) => [`Attribute ${name}`, values]),
    ]),
  );
}

function signature({ element, checks, namedCertificate, keyFingerprint, ...said }) {
  const named = namedCertificate;
  return section(
    `Signature of the ${element}`,
    definitions(
      [
        ['Algorithm', said.signatureAlgorithm],
        ['Digest', said.digestAlgorithm],
        ['Canonicalization', said.canonicalization],
        ['Key', keyFingerprint && h('code', {}, keyFingerprint)],
        ['It names the certificate', named && h('code', {}, named.fingerprint)],
        ['That certificate is', named && `${named.configured ? 'one' : 'none'} of the provider’s${named.subject ? ` (${named.subject})` : ''}`],
      ].filter(([, value]) => value),
    ),
    checkTable(`Checks of the signature of the ${element}`, checks),
  );
}
