// The demo identity provider: an HTTP server on this machine only, which signs whoever is chosen in.
import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { answerPage, choosePage, problemPage } from './pages.mjs';
import { people } from './people.mjs';
import { metadataXml, readAuthnRequest, signWithSamlify } from './samlify.mjs';

/** The same at whatever port it runs, so that Postern knows it again. */
export const ENTITY_ID = 'urn:postern:demo-idp';

const LARGEST_FORM = 64 * 1024;
const file = (name, type) => ({ type, body: readFileSync(new URL(name, import.meta.url)) });
const files = { '/style.css': file('style.css', 'text/css'), '/submit.js': file('submit.js', 'text/javascript') };

/** What the person at the browser did that cannot be answered. */
class Refusal extends Error {}

export class DemoIdp {
  #server = createServer((request, response) => this.#answer(request, response));
  #serviceProvider = null;

  /** `keys` is what makeKeys() makes. */
  constructor({ port, keys }) {
    this.port = port;
    this.keys = keys;
  }

  get origin() {
    return `http://localhost:${this.port}`;
  }

  get metadata() {
    return metadataXml({ entityId: ENTITY_ID, ssoUrl: `${this.origin}/sso`, certificates: [this.keys.certificate] });
  }

  /** SHA-256 of the certificate in lower-case hex, as Postern names it. */
  get fingerprint() {
    return new X509Certificate(this.keys.certificate).fingerprint256.replaceAll(':', '').toLowerCase();
  }

  /** Who IdP-initiated sign-ins go to; at its origin any ACS may ask. */
  trust({ entityId, acsUrl }) {
    this.#serviceProvider = { entityId, acsUrl };
  }

  /** Resolves when it listens; port 0 has become a real one by then. */
  start() {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.port, '127.0.0.1', () => {
        this.port = this.#server.address().port;
        resolve();
      });
    });
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request, response) {
    try {
      await this.#route(request, response);
    } catch (error) {
      const message = error instanceof Refusal ? error.message : `Unexpected error: ${error.message}`;
      send(response, error instanceof Refusal ? 400 : 500, 'text/html', problemPage(message));
    }
  }

  async #route(request, response) {
    const url = new URL(request.url, this.origin);
    const route = `${request.method} ${url.pathname}`;
    if (route === 'GET /') return send(response, 200, 'text/html', choosePage(people));
    if (route === 'GET /sso') return send(response, 200, 'text/html', await this.#asked(url.searchParams));
    if (route === 'POST /sign-in') return send(response, 200, 'text/html', await this.#signIn(await readForm(request)));
    if (route === 'GET /metadata') return send(response, 200, 'application/samlmetadata+xml', this.metadata);
    if (route === 'GET /favicon.ico') return response.writeHead(204).end();
    const found = request.method === 'GET' ? files[url.pathname] : undefined;
    if (found) return send(response, 200, found.type, found.body);
    return send(response, 404, 'text/html', problemPage('There is nothing here.'));
  }

  async #asked(query) {
    const samlRequest = query.get('SAMLRequest');
    if (!samlRequest) throw new Refusal('This address is for sign-in requests, and there is none in it.');
    const { issuer } = await this.#read(samlRequest);
    return choosePage(people, { issuer, samlRequest, relayState: query.get('RelayState') ?? undefined });
  }

  async #signIn(form) {
    const person = people.find(({ id }) => id === form.get('person'));
    if (!person) throw new Refusal('Choose one of the people.');
    const samlRequest = form.get('SAMLRequest');
    const asked = samlRequest ? await this.#read(samlRequest) : { ...this.#known(), issuer: this.#known().entityId };
    const samlResponse = await signWithSamlify(this.keys, {
      issuer: ENTITY_ID,
      audience: asked.issuer,
      recipient: asked.acsUrl,
      inResponseTo: asked.id,
      nameId: person.email,
      attributes: person.attributes,
    });
    return answerPage({ acsUrl: asked.acsUrl, samlResponse, relayState: form.get('RelayState') ?? undefined });
  }

  #known() {
    if (!this.#serviceProvider) throw new Refusal('Postern has not been set up yet: wait until npm start says that it is ready.');
    return this.#serviceProvider;
  }

  async #read(samlRequest) {
    const { acsUrl } = this.#known();
    let asked;
    try {
      asked = await readAuthnRequest({ samlRequest, entityId: ENTITY_ID, ssoUrl: `${this.origin}/sso`, keys: this.keys });
    } catch (error) {
      throw new Refusal(`The sign-in request cannot be read: ${error.message ?? error}.`);
    }
    const answerTo = asked.acsUrl ?? acsUrl;
    // Otherwise this page would post assertions to whoever asks for them.
    if (!URL.canParse(answerTo) || new URL(answerTo).origin !== new URL(acsUrl).origin) {
      throw new Refusal(`The sign-in request wants its answer at ${answerTo}, which is not Postern.`);
    }
    return { ...asked, acsUrl: answerTo };
  }
}

async function readForm(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_FORM) throw new Refusal('The form is too large.');
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

function send(response, status, type, body) {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
