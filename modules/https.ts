// The client that follows redirects, under the names that Espruino users know: require("https").request(options, callback), with
// agent: require("https").keepAlive for kept connections.
export { keepAlive } from "./keep-alive";
export { request } from "./redirects";
