// A line to a server that can be cut: connections end at once, with no word from either side.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after } from 'node:test';

export async function useCuttableLine(serverPort: number) {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  };
  const line = createServer((near) => {
    const far = connect(serverPort, '127.0.0.1');
    for (const socket of [near, far]) keep(socket);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
    near.pipe(far).pipe(near);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => line.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = line.address() as AddressInfo;
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const close = () =>
    new Promise<void>((resolve) => {
      line.close(() => resolve());
      cut();
    });
  after(() => (line.listening ? close() : undefined));
  return { port, cut, close, reopen: () => listen(port) };
}
