// The client's own writer and reader of HTTP, as they run on the board. Imported by address, because the board's compiler has other rules
// than the computer's.

/** An error of the reader (modules/errors.ts). */
export interface ReaderError {
  code: string;
  phase: string;
  message: string;
}

export interface AnswerHead {
  httpVersion: string;
  statusCode: number;
  /** By lower-case name. */
  headers: Record<string, string>;
}

interface Parser {
  push(bytes: string): void;
  close(clean: boolean): void;
}

interface Modules {
  serializeRequest(head: { method: string; host: string; port: number; path: string; secure: true; httpVersion: string; headers: Record<string, string> }): string;
  createResponseParser(options: {
    method: string;
    onHead(head: AnswerHead): void;
    onBody(bytes: string): void;
    onEnd(): void;
    onError(error: ReaderError): void;
  }): Parser;
}

const FOLDER = new URL("../../modules/http/", import.meta.url);

/** Loads modules/http/request.ts and response-parser.ts. */
export async function loadDeviceHttp(): Promise<Modules> {
  const [request, parser] = await Promise.all(["request.ts", "response-parser.ts"].map((file) => import(new URL(file, FOLDER).href)));
  return { ...(request as Modules), ...(parser as Modules) };
}
