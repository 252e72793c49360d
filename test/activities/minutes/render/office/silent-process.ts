/** A process of `renderApart` that takes its task and never answers. Half a minute later it ends, should a test forget it. */
process.once('message', () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30_000);
  process.exit();
});
