// A process that opens a port by the espruino CLI's own serial layer and passes its bytes on. A process of its own, because the
// CLI's library (0.1.67) changes globals of the process it is in, and prints as it likes.
//   node cli-line-process.mjs serial PATH | bluetooth NAME-OR-ADDRESS
import { createRequire } from "node:module";

const BAUD_RATE = "115200";
/** A radio needs some time to be found; the CLI itself looks for as long. */
const SEARCH_MS = 10_000;
const SEARCH_PAUSE_MS = 500;
const BLUETOOTH_ADDRESS = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

const [kind, name] = process.argv.slice(2);
console.log = console.info = console.warn = () => {};

function tell(message) {
  if (process.connected) process.send(message);
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}

/** What the CLI's devices call, in the order of its openSerial(). */
function listeners(write, close) {
  return [
    (info) => {
      if (!info) fail("Unable to connect!");
      process.on("message", write);
      process.on("disconnect", () => close());
      tell("open");
    },
    (buffer) => tell(new Uint8Array(buffer)),
    () => process.exit(0),
  ];
}

/** By its path, also one that the system does not list, such as a link or a pseudo-terminal. */
function openSerial({ Core }) {
  const device = Core.Serial.devices.find((each) => each.name === "Node Serial");
  if (!device) fail("Error: the serial port module of the espruino CLI cannot be loaded on this computer");
  device.open(name, ...listeners((bytes) => device.write(Buffer.from(bytes).toString("latin1"), () => {}), () => process.exit(0)));
}

function openBluetooth({ Core, Config }) {
  Config.BLUETOOTH_LOW_ENERGY = Config.BLUETOOTH_LOW_ENERGY_DBUS = true;
  if (BLUETOOTH_ADDRESS.test(name)) Core.Utils.addRecognisedDeviceAddress(name);
  else Core.Utils.addRecognisedDeviceName(name);
  const untilMs = Date.now() + SEARCH_MS;
  const look = () => Core.Serial.getPorts((ports) => {
    const found = ports.find(({ path, description }) => [path, description].some((text) => text?.toLowerCase().includes(name.toLowerCase())));
    if (!found && Date.now() > untilMs) fail(`serial: Port "${name}" not found`);
    if (!found) return setTimeout(look, SEARCH_PAUSE_MS);
    const [opened, received, ended] = listeners((bytes) => Core.Serial.write(Buffer.from(bytes).toString("latin1"), false), () => process.exit(0));
    Core.Serial.startListening(received);
    Core.Serial.open(found.path, opened, ended);
  });
  look();
}

createRequire(import.meta.url)("espruino").init(() => {
  globalThis.Espruino.Config.BAUD_RATE = BAUD_RATE;
  if (kind === "serial") openSerial(globalThis.Espruino);
  else openBluetooth(globalThis.Espruino);
});
