// Preloaded into the app's process: prints where it connects to, each address once. A name keeps its name behind the
// redirect; of an address that is none the port counts too. At SIGUSR2 it prints the bytes that are in use.
import net from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const told = new Set();
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  const { host, port, path } = typeof options === 'object' ? options : { port: options };
  const address = path ?? (net.isIP(host ?? '') || !host ? `${host}:${port}` : host);
  if (!told.has(address)) {
    told.add(address);
    process.stdout.write(`CONNECTED ${address}\n`);
  }
  return Reflect.apply(connect, this, args);
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
process.on('SIGUSR2', () => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  process.stdout.write(`IN USE ${heapUsed + external}\n`);
});
