import type { TestContext } from "node:test";
import { tlsLayout } from "../../../../scripts/board/node-engine/memory/layouts.ts";
import type { TlsLayout, TlsLayoutName } from "../../../../scripts/board/node-engine/memory/layouts/layout.ts";
import { type Session, startSession } from "../board-session.ts";
import { type Pokes, pokeCode } from "./poked-connection.ts";

export interface Connection {
  port: number;
  /** DER. */
  ca?: Uint8Array;
  certificate?: Uint8Array;
  key?: Uint8Array;
  pokes?: Pokes;
  /** Written as soon as the handshake is over. */
  request?: string;
}

/** A board on the network whose connections say what becomes of them. */
export interface TlsBoard extends Session {
  layout: TlsLayout;
  /** A reset leaves the network up, a reboot does not. */
  joinNetwork(): Promise<void>;
  /** Runs a program that connects; it prints `DATA ...`, `ERROR code`, `CLOSE hadError` and `EXCEPTION message`. */
  connect(connection: Connection): Promise<void>;
  /** Connects and gives all that was printed until the socket closed. */
  connectUntilClosed(connection: Connection): Promise<string>;
  /** Waits until the TLS state of the open connection is that, in mbedTLS's numbers. */
  untilState(state: number): Promise<void>;
  /** Bytes of the C heap that are free. */
  freeHeap(): Promise<number>;
}

const LINE_CHARACTERS = 400;
const POLL_MS = 2;

/** Powers a board up and joins its access point; it stops when the test ends. */
export async function startTlsBoard(context: TestContext, name: TlsLayoutName): Promise<TlsBoard> {
  const session = await startSession(context, { tlsLayout: name });
  const layout = tlsLayout(name);
  await joinNetwork(session);
  const board: TlsBoard = {
    ...session,
    layout,
    joinNetwork: () => joinNetwork(session),
    async connect(connection) {
      const options = await storeOptions(session, connection);
      await session.run(programFor(layout, connection, options));
    },
    async connectUntilClosed(connection) {
      await board.connect(connection);
      // The exception of the pass comes after the events.
      const printed = await session.until(/CLOSE \w+[^]*?>/);
      return printed + (await session.run(""));
    },
    async untilState(state) {
      const address = `g.a+${layout.context.offset + layout.context.state}`;
      const look = `if(ssl[g.s.sckt-1]&&peek32(${address})==${state}){clearInterval(t);print("STATE")}`;
      session.type(`\x10(function(){var t=setInterval(function(){${look}},${POLL_MS})})()\n`);
      await session.until("STATE\r\n");
    },
    async freeHeap() {
      const printed = await session.run("print('free',ESP32.getState().freeHeap)");
      return Number(/free (\d+)/.exec(printed)![1]);
    },
  };
  return board;
}

async function joinNetwork({ type, until }: Session): Promise<void> {
  type("\x10require('Wifi').connect('virtual-ap',{password:'virtual-password'},function(e){print('JOINED',e)})\n");
  await until(/JOINED null\r\n/);
}

/** DER is too long for one line: it goes into Storage first. */
async function storeOptions(session: Session, { ca, certificate, key }: Connection): Promise<string> {
  const material = Object.entries({ ca, cert: certificate, key });
  const given = material.filter((each): each is [string, Uint8Array] => each[1] !== undefined);
  for (const [name, der] of given) {
    const base64 = Buffer.from(der).toString("base64");
    await session.run("var d=''");
    for (let at = 0; at < base64.length; at += LINE_CHARACTERS) {
      await session.run(`d+="${base64.slice(at, at + LINE_CHARACTERS)}"`);
    }
    await session.run(`require("Storage").write("${name}.der",atob(d))`);
  }
  return given.map(([name]) => `,${name}:require("Storage").read("${name}.der")`).join("");
}

function programFor(layout: TlsLayout, { port, pokes, request }: Connection, options: string): string {
  const write = `var t=setInterval(function(){var f=ssl[s.sckt-1];if(!f)clearInterval(t);` +
    `else if(f.charCodeAt(4)==0){clearInterval(t);s.write(${JSON.stringify(request ?? "")})}},${POLL_MS})`;
  return [
    "process.removeAllListeners('uncaughtException')",
    "process.on('uncaughtException',function(e){print('EXCEPTION '+JSON.stringify(e.message))})",
    `var g=(function(){var s=require("tls").connect({host:"127.0.0.1",port:${port}${options}})`,
    "s.on('data',function(d){print('DATA '+d)})",
    "s.on('error',function(e){print('ERROR '+e.code)})",
    "s.on('close',function(h){print('CLOSE '+h)})",
    pokeCode(layout, pokes ?? {}),
    request === undefined ? "" : write,
    "return {s:s,a:a}})()",
  ].join(";");
}
