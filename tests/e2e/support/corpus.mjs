// The cases of tests/saml/accept and tests/saml/refuse, read from their files as the native tests do. What a header may
// hold, and what holds without it, is said in tests/support/corpus.rs.
import { readFileSync, readdirSync } from 'node:fs';
import { keys } from '../../../dev/corpus/keys.mjs';
import { scene } from '../../../dev/corpus/documents.mjs';

const root = new URL('../../saml/', import.meta.url);
const SEPARATOR = Buffer.from('\n----\n');
const usual = {
  now: scene.now,
  acsUrl: scene.acsUrl,
  audience: scene.audience,
  issuer: scene.issuer,
  skewSeconds: 120,
  trusted: ['idp'],
  pending: null,
  idpInitiated: true,
  allowSha1: false,
  authnContext: [],
  allowUnknownRequest: false,
  encryption: 'off',
  posted: 'oneLine',
  repeat: {},
};
const known = new Set([...Object.keys(usual), 'why', 'accepted', 'refused', 'decrypts']);

/** Every case below a folder, by name: the header with what holds without it, `name`, and `samlResponse` as it is posted. */
export function cases(folder) {
  const files = readdirSync(new URL(folder, root), { recursive: true }).filter((file) => file.endsWith('.case'));
  return files.sort().map((file) => read(`${folder}/${file}`));
}

function read(file) {
  const bytes = readFileSync(new URL(file, root));
  const end = bytes.indexOf(SEPARATOR);
  const header = JSON.parse(bytes.subarray(0, end).toString());
  const unknown = Object.keys(header).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new Error(`${file}: ${unknown}`);
  const one = { ...usual, ...header, name: file.replace(/\.case$/, '') };
  return { ...one, samlResponse: formField(one.posted, written(bytes.subarray(end + SEPARATOR.length), one.repeat)) };
}

/** The response, with what is repeated written out. */
function written(document, repeat) {
  const marks = Object.entries(repeat);
  if (marks.length === 0) return document;
  return Buffer.from(marks.reduce((text, [mark, [what, times]]) => text.replaceAll(mark, () => what.repeat(times)), document.toString()));
}

/** How the form field is made of the document. */
function formField(posted, document) {
  if (posted.verbatim !== undefined) return posted.verbatim;
  const base64 = document.toString('base64');
  if (posted === 'oneLine') return base64;
  if (posted.lines === undefined) throw new Error(`a form field is made in no such way: ${JSON.stringify(posted)}`);
  return base64.match(/.{1,76}/g).join(posted.lines);
}

/** Cases in groups of one clock and one provider: `{ now, settings, cases }`, the settings as `TestAccount.addProvider` takes them. */
export function byProvider(all) {
  const groups = new Map();
  for (const one of all) {
    const key = JSON.stringify([one.now, settings({ ...one, trusted: [] }), one.trusted]);
    if (!groups.has(key)) groups.set(key, { now: Date.parse(one.now), settings: settings(one), cases: [] });
    groups.get(key).cases.push(one);
  }
  return [...groups.values()];
}

function settings({ issuer, trusted, skewSeconds, idpInitiated, audience, allowSha1, authnContext, allowUnknownRequest, encryption }) {
  return {
    entityId: issuer,
    keys: trusted.map(keys),
    clockSkewSeconds: skewSeconds,
    allowIdpInitiated: idpInitiated,
    allowSha1,
    requestedAuthnContext: authnContext,
    allowUnknownInResponseTo: allowUnknownRequest,
    encryption,
    spEntityId: audience === usual.audience ? null : audience,
  };
}
