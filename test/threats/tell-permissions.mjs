// Preloaded into the app's process: prints what the process may do.
const { permission } = process;
const told = {
  readOwnFolder: permission.has('fs.read', import.meta.filename),
  readElsewhere: permission.has('fs.read', '/etc/passwd'),
  write: permission.has('fs.write'),
  startProcess: permission.has('child'),
  startThread: permission.has('worker'),
  loadAddon: permission.has('addon'),
};
process.stdout.write(`PERMISSIONS ${JSON.stringify(told)}\n`);
