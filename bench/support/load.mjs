// A fixed number of requests over a fixed number of connections that stay open.
import { Agent, request } from 'node:http';

export class Connections {
  constructor(origin, count) {
    this.origin = origin;
    this.count = count;
    this.agent = new Agent({ keepAlive: true, maxSockets: count });
  }

  /** Posts every form, `{ path, body }`, as soon as a connection is free. Resolves to the seconds that it took. */
  async post(forms, statuses) {
    const queue = forms.values();
    const began = performance.now();
    const one = async () => {
      for (const { path, body } of queue) {
        const { status, text } = await this.send(path, body);
        if (!statuses.includes(status)) throw new Error(`${path} answered ${status} ${text.slice(0, 500)}`);
      }
    };
    await Promise.all(Array.from({ length: this.count }, one));
    return (performance.now() - began) / 1000;
  }

  send(path, body) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.origin), { method: 'POST', agent: this.agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode, text })).on('error', reject);
      });
      sent.on('error', reject).end(body);
    });
  }

  close() {
    this.agent.destroy();
  }
}
