import type { Socket } from "node:net";
import { endAndDrain } from "./end-and-drain.ts";

/** Descriptions of alerts (RFC 5246 7.2). */
export const ALERT = { handshakeFailure: 40, certificateUnknown: 46 } as const;

const ALERT_RECORD = 21;
const TLS_1_2 = [3, 3];
const FATAL = 2;

/** Ends a handshake that is not encrypted yet with a fatal alert, as a record of its own. */
export function refuseWithAlert(socket: Socket, description: number): void {
  socket.write(Buffer.from([ALERT_RECORD, ...TLS_1_2, 0, 2, FATAL, description]));
  endAndDrain(socket);
}
