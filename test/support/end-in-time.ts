// A test that hangs is told by its name after four minutes; what it leaves open would keep its process, and so the whole
// run, for ever. A minute later the process says what that is and fails.
const LIMIT_MS = 300_000;

setTimeout(() => {
  const open = process.getActiveResourcesInfo().join(', ');
  console.error(`${process.argv[1]} does not end. Still open: ${open}`);
  process.exit(1);
}, LIMIT_MS).unref();
