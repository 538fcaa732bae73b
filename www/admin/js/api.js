import { storedToken } from './token.js';

// The page may live under a path prefix; this module knows where it lies below it.
const base = new URL('../../api/v1/', import.meta.url);

/** An answer that is not a success, as RFC 9457 problem details. `status` 0: there was no answer. */
export class Problem extends Error {
  constructor(status, { title, detail, errors }) {
    super(detail || title || `The server answered with status ${status}.`);
    this.status = status;
    this.errors = errors ?? [];
  }
}

/** Resolves to `{ data, etag }`; `path` is a list of segments. */
export async function request(method, path, { query = {}, body, etag, signal, token = storedToken() } = {}) {
  const url = new URL(path.map(encodeURIComponent).join('/'), base);
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  const headers = { accept: 'application/json', authorization: `Bearer ${token}` };
  if (body !== undefined) headers['content-type'] = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  if (etag) headers['if-match'] = etag;
  let response;
  try {
    response = await fetch(url, {
      method,
      headers,
      signal,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, { detail: 'Postern did not answer. Check the connection and try again.' });
  }
  const data = await readJson(response);
  if (!response.ok) throw new Problem(response.status, data ?? {});
  return { data, etag: response.headers.get('etag') };
}

async function readJson(response) {
  const text = await response.text();
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    // A proxy in front may answer with a page of its own; the status then says enough.
    return null;
  }
}

/** What an account's IdPs need to know before there is a provider, read from its SP metadata. */
export function serviceProvider(account) {
  const url = new URL(`../../saml/${encodeURIComponent(account)}/metadata`, import.meta.url);
  return new Promise((resolve) => {
    // The only way to parse XML that Trusted Types allow without a policy.
    const call = new XMLHttpRequest();
    call.open('GET', url);
    call.responseType = 'document';
    call.overrideMimeType('application/xml');
    call.onloadend = () => {
      const entityId = call.responseXML?.documentElement?.getAttribute('entityID');
      const acsUrl = call.responseXML?.getElementsByTagNameNS('*', 'AssertionConsumerService')[0]?.getAttribute('Location');
      resolve(call.status === 200 && entityId && acsUrl ? { entityId, acsUrl } : null);
    };
    call.send();
  });
}

/** A whole log as one file of lines of JSON: an export comes in parts, each with the address of the next. */
export async function exported(path, query) {
  const url = new URL(path.map(encodeURIComponent).join('/'), base);
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  const parts = [];
  for (let next = url; next; ) {
    let response;
    try {
      const headers = { accept: 'application/x-ndjson', authorization: `Bearer ${storedToken()}` };
      response = await fetch(next, { headers, cache: 'no-store', credentials: 'omit', redirect: 'error' });
    } catch {
      throw new Problem(0, { detail: 'Postern did not answer. Check the connection and try again.' });
    }
    if (!response.ok) throw new Problem(response.status, (await readJson(response)) ?? {});
    parts.push(await response.text());
    const following = response.headers.get('link')?.match(/^<([^>]+)>; rel="next"$/)?.[1];
    // Only its query is taken: the token is sent to this server and to no other.
    next = following ? new URL(new URL(following, url).search, url) : null;
  }
  return new Blob(parts, { type: 'application/x-ndjson' });
}
