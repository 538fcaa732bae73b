// A fixed number of requests over a fixed number of connections that stay open.
import { Agent, request } from 'node:http';

export class Connections {
  constructor(origin, count) {
    this.origin = origin;
    this.count = count;
    this.agent = new Agent({ keepAlive: true, maxSockets: count });
  }

  /**
   * Sends every request, `{ path, body, method, headers }`, as soon as a connection is free; without a method and headers it is a
   * form that is posted. Resolves to the seconds that it took.
   */
  async send(requests, statuses) {
    const queue = requests.values();
    const began = performance.now();
    const one = async () => {
      for (const asked of queue) {
        const { status, text } = await this.sendOne(asked);
        if (!statuses.includes(status)) throw new Error(`${asked.path} answered ${status} ${text.slice(0, 500)}`);
      }
    };
    await Promise.all(Array.from({ length: this.count }, one));
    return (performance.now() - began) / 1000;
  }

  sendOne({ path, body, method = 'POST', headers = { 'content-type': 'application/x-www-form-urlencoded' } }) {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.origin), { method, agent: this.agent, headers: { ...headers, ...length } }, (response) => {
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
