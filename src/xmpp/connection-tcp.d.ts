/** @xmpp/connection-tcp has no types of its own nor in DefinitelyTyped. */
declare module '@xmpp/connection-tcp' {
  import type Connection from '@xmpp/connection';
  import type { Element } from '@xmpp/xml';

  export default class ConnectionTCP extends Connection {
    headerElement(): Element;
    socketParameters(service: string): object | undefined;
    sendMany(elements: Element[]): Promise<void>;
  }
}
