// Postern, or a worker to compare it with, as Miniflare runs it with a D1 of its own, measured from outside.
import { existsSync } from 'node:fs';
import { Connections } from './load.mjs';
import { childrenNamed, pin, processorTime } from './processor.mjs';

/** A disk that others write to as well would be most of what is measured. */
export const MEMORY = '/dev/shm';

/**
 * Starts a worker, its workerd on the core that is measured, to be asked over so many connections. `start` resolves to
 * `{ origin, miniflare }` and what else it likes.
 */
export async function onItsCore(connections, start) {
  // Miniflare keeps databases in the folder for temporary files, and cleans up there.
  if (existsSync(MEMORY)) process.env.TMPDIR = MEMORY;
  const before = childrenNamed('workerd');
  const worker = await start();
  const pid = childrenNamed('workerd')?.find((child) => !before.includes(child)) ?? null;
  if (pid !== null) pin(pid);
  return new Measured(worker, pid, connections);
}

class Measured {
  constructor(worker, pid, connections) {
    this.worker = worker;
    this.pid = pid;
    this.connections = new Connections(worker.origin, connections);
  }

  /** Requests a second, and milliseconds of CPU a request where that can be known. Every answer has one of these statuses. */
  async measure(requests, statuses = [303]) {
    const used = this.pid && processorTime(this.pid);
    const seconds = await this.connections.send(requests, statuses);
    return { rate: requests.length / seconds, processor: this.pid && (processorTime(this.pid) - used) / requests.length };
  }

  async stop() {
    this.connections.close();
    await this.worker.miniflare.dispose();
  }
}
