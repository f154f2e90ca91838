import net, { type Server, type Socket } from "node:net";
import { peekClientHello } from "./peek-client-hello.ts";
import { ALERT, refuseWithAlert } from "./tls-alert.ts";

/**
 * A listener before a TLS server that lets in who asks for `host` (SNI, RFC 6066 3). Another name, or none, is answered as
 * Cloudflare does, which cannot know whose certificate to show: the alert handshake_failure straight after the ClientHello.
 *
 * @param onRefused takes the name that was asked for; undefined: none
 */
export function gateByServerName(
  server: Server,
  host: string,
  onRefused: (serverName: string | undefined) => void,
): Server {
  return net.createServer((socket) => void admit(socket, server, host, onRefused));
}

async function admit(
  socket: Socket,
  server: Server,
  host: string,
  onRefused: (serverName: string | undefined) => void,
): Promise<void> {
  const hello = await peekClientHello(socket);
  if (socket.destroyed) return;
  if (!hello || hello.serverName?.toLowerCase() === host) {
    // What is no ClientHello is the TLS server's business too.
    server.emit("connection", socket);
    return;
  }
  onRefused(hello.serverName);
  refuseWithAlert(socket, ALERT.handshakeFailure);
}
