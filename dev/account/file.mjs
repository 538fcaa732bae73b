// The file of an account, out of the admin API and into it: the loops over answers and chunks.
import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../setup/say.mjs';

/** So many bytes are sent at once; the API takes 1 MiB. */
const MOST_BYTES = 900_000;
const TRIES = 5;

/** Yields the file of an account, answer by answer. `api` is `{ url, token, pause }`. */
export async function* exported(api, account) {
  let next = `${api.url}/api/v1/accounts/${account}/export`;
  while (next) {
    const answer = await asked(api, next, {});
    yield await answer.text();
    const link = /^<([^<>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '');
    next = link && new URL(link[1], api.url).href;
  }
}

/**
 * Imports lines, of which the first is line `first` of the file, into an empty account. Resolves to how many lines of the
 * file have been taken, and throws where it ends before its end.
 */
export async function imported(api, account, lines, first = 1) {
  let progress = { lines: first - 1, ended: false };
  let invitationsWithoutLink = 0;
  for await (const chunk of chunks(lines, first)) {
    const url = `${api.url}/api/v1/accounts/${account}/import?line=${progress.lines + 1}`;
    const answer = await asked(api, url, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body: chunk });
    progress = await answer.json();
    invitationsWithoutLink += progress.invitationsWithoutLink;
  }
  if (!progress.ended) throw new Problem(`The file ends at line ${progress.lines} without its last line: it is not whole.`);
  return { lines: progress.lines, invitationsWithoutLink };
}

/** The lines of texts. `node:readline` would end a line at U+2028, which may be in a value. */
export async function* linesOf(texts) {
  let rest = '';
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** Lines from the first one on, put together as far as they may be. */
async function* chunks(lines, first) {
  let [chunk, bytes, number] = ['', 0, 0];
  for await (const line of lines) {
    number += 1;
    if (number < first) continue;
    const more = Buffer.byteLength(line) + 1;
    if (bytes > 0 && bytes + more > MOST_BYTES) {
      yield chunk;
      [chunk, bytes] = ['', 0];
    }
    chunk += `${line}\n`;
    bytes += more;
  }
  if (bytes > 0) yield chunk;
}

/** An answer that is good. What may pass is tried again: a chunk that was taken is known when it comes again. */
async function asked({ token, pause = 1000 }, url, init) {
  const headers = { ...init.headers, authorization: `Bearer ${token}` };
  for (let tried = 1; ; tried += 1) {
    const answer = await fetch(url, { ...init, headers }).catch((error) => error);
    if (answer.ok) return answer;
    const passes = answer instanceof Error || answer.status >= 500;
    if (!passes || tried === TRIES) throw new Problem(await told(url, answer));
    await answer.body?.cancel();
    await wait(tried * pause);
  }
}

async function told(url, answer) {
  if (answer instanceof Error) return `${url} cannot be asked: ${answer.cause?.message ?? answer.message}`;
  const { detail, errors = [] } = await answer.json().catch(() => ({ detail: 'no reason was given' }));
  const each = errors.map(({ pointer, message }) => `\n  line ${pointer.slice(1)}: ${message}`);
  return `${url} answered ${answer.status}: ${detail}${each.join('')}`;
}

/** What the command line says: the URL of a deployment, an account, and the token of the environment. */
export function target([url, account], usage) {
  const token = process.env.POSTERN_TOKEN;
  if (!url || !account || !token) throw new Problem(`POSTERN_TOKEN=… ${usage}`);
  return { api: { url: url.replace(/\/$/, ''), token }, account };
}
