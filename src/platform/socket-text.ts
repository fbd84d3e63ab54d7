/** A socket's bytes as text, for streams of XML. */
import type { Socket } from 'node:net';

/** Hands on what comes as text, letters that the network cut in two whole. Bytes that are no UTF-8 destroy the socket, which then closes
 *  with that error. `came` hears first how many bytes there are. */
export function readText(socket: Socket, heard: (text: string) => void, came?: (bytes: number) => void): void {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  socket.on('data', (chunk: Buffer) => {
    came?.(chunk.length);
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch (error) {
      socket.destroy(error instanceof Error ? error : undefined);
      return;
    }
    if (text !== '') heard(text);
  });
}
