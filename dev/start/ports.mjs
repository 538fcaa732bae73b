import { createServer } from 'node:net';
import { Problem } from '../setup/say.mjs';

/** Throws the one line that helps when something else listens on one of `ports`, before any work is done. */
export async function requireFree(ports) {
  for (const { port, what } of ports) {
    const error = await new Promise((resolve) => {
      const probe = createServer();
      probe.once('error', resolve);
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(null)));
    });
    if (error?.code === 'EADDRINUSE') {
      throw new Problem(`Port ${port} (${what}) is in use: stop what uses it, or choose another with PORT=${ports[0].port + 1000} npm start`);
    }
    if (error) throw new Problem(`Port ${port} (${what}) cannot be used (${error.code}): choose another with PORT=9000 npm start`);
  }
}
