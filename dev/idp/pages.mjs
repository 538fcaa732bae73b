// The demo identity provider's pages.

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

class Html {
  constructor(text) {
    this.text = text;
  }
}

/** Markup from a template. What is put into it is escaped, unless it came from here itself. */
function html(parts, ...values) {
  const written = (value) => {
    if (value instanceof Html) return value.text;
    if (Array.isArray(value)) return value.map(written).join('');
    return String(value ?? '').replace(/[&<>"']/g, (character) => entities[character]);
  };
  return new Html(String.raw({ raw: parts }, ...values.map(written)));
}

function page(title, body, head = html``) {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
${head}
<main>
<h1>${title}</h1>
${body}
</main>
</html>
`.text;
}

/** Choose who to be. `request` is who asks, when somebody did: `{ issuer, samlRequest, relayState }`. */
export function choosePage(people, request) {
  const who = request
    ? html`<p><strong>${request.issuer}</strong> asks who you are.</p>`
    : html`<p>Nobody has asked: you begin here, and go to Postern signed in.</p>`;
  const hidden = (name, value) => (value === undefined ? html`` : html`<input type="hidden" name="${name}" value="${value}">`);
  const choices = people.map(
    (person, index) => html`
<div class="person">
<input type="radio" name="person" id="${person.id}" value="${person.id}" aria-describedby="${person.id}-about" ${index === 0 ? html`checked autofocus` : ''}>
<label for="${person.id}">${person.name} <span class="email">${person.email}</span></label>
<p id="${person.id}-about">${person.about}</p>
</div>`,
  );
  return page(
    'Demo identity provider',
    html`${who}
<form method="post" action="/sign-in">
${hidden('SAMLRequest', request?.samlRequest)}${hidden('RelayState', request?.relayState)}
<fieldset>
<legend>Sign in as</legend>
${choices}
</fieldset>
<button>Sign in</button>
</form>
<footer>For trying out on this machine: no passwords. <a href="/metadata">Metadata</a></footer>`,
  );
}

/** Carries the response to the ACS: by itself with script, by its button without. */
export function answerPage({ acsUrl, samlResponse, relayState }) {
  const relay = relayState === undefined ? html`` : html`<input type="hidden" name="RelayState" value="${relayState}">`;
  return page(
    'Signing in',
    html`<form method="post" action="${acsUrl}">
<input type="hidden" name="SAMLResponse" value="${samlResponse}">${relay}
<button>Continue to Postern</button>
</form>`,
    html`<script src="/submit.js" defer></script>`,
  );
}

export function problemPage(message) {
  return page('That did not work', html`<p>${message}</p><p><a href="/">Choose who to sign in as</a></p>`);
}
