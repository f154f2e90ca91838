// The HTTP core alone, for programs that bring their own socket: bytes in, events out.
export { serializeRequest } from "./http/request";
export { createResponseParser } from "./http/response-parser";
