// The client that follows redirects, under the names that Espruino users know: require("https").request(options, callback).
export { request } from "./redirects";
