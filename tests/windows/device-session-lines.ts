/** JSON over a stream, one value a line. */
import type { Socket } from 'node:net';

/** Calls back with each value. Only LF ends a line: node:readline also breaks at U+2028, which JSON has unescaped. */
export function onJsonLine(socket: Socket, received: (value: unknown) => void): void {
  let rest = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) received(JSON.parse(line));
  });
}
