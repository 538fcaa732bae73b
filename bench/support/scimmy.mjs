// scimmy-routers in a process of its own, as `onItsCore` starts things.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../dev/setup/command.mjs';
import { pinnedCommand } from './processor.mjs';

const BASE = '/scim';
const HEADERS = { 'content-type': 'application/scim+json' };

/** Starts it. */
export async function startScimmy() {
  const [command, args] = pinnedCommand(process.execPath, [join(root, 'bench', 'workers', 'scimmy.mjs')]);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  const { value: port } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (!port) throw new Error('scimmy-routers ended (see above)');
  return new Scimmy(`http://127.0.0.1:${port}`, () => {
    process.off('exit', kill);
    kill();
  });
}

class Scimmy {
  constructor(origin, stop) {
    this.origin = origin;
    this.miniflare = { dispose: async () => stop() };
  }

  /** So many users, and a group of the first twenty: `{ base, headers, person, group }`. */
  async users(count, userOf) {
    const made = [];
    for (let number = 0; number < count; number++) made.push(await this.post('/Users', userOf(`Person.${number}`)));
    const members = made.slice(0, 20).map(({ id }) => ({ value: id }));
    const { id: group } = await this.post('/Groups', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'Of the bench', members });
    return { base: BASE, headers: HEADERS, person: (number) => made[number], group };
  }

  async post(path, json) {
    const response = await fetch(this.origin + BASE + path, { method: 'POST', headers: HEADERS, body: JSON.stringify(json) });
    if (response.status !== 201) throw new Error(`scimmy-routers answered ${response.status} ${await response.text()}`);
    return response.json();
  }
}
