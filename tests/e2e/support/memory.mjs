// How much memory the module has taken of the isolate. It never gives any back, so this is the most that it has needed.
const memories = [];

// Imported before the module, which makes its instance while it is imported.
const RealInstance = WebAssembly.Instance;
WebAssembly.Instance = class Instance extends RealInstance {
  constructor(...args) {
    super(...args);
    if (this.exports.memory) memories.push(this.exports.memory);
  }
};

/** Bytes. */
export const memoryTaken = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
