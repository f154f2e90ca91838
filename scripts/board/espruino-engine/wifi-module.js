// The WiFi module of a virtual board with a real interpreter, which has none of its own for Linux. It lives in Storage
// under the name "Wifi" and behaves as the ESP32's does (jswrap_esp32_network.c) towards one access point; the names and
// the access point it knows are in the Storage file ".world". Plain ES5, functions before their use: the board runs it.
var ADDRESS = { ip: "192.0.2.2", netmask: "255.255.255.0", gw: "192.0.2.1", mac: "02:00:00:00:00:02" };
var NO_ADDRESS = { ip: "0.0.0.0", netmask: "0.0.0.0", gw: "0.0.0.0", mac: ADDRESS.mac };
var ACCESS_POINT_MAC = "02:00:00:00:00:01";
// Association and DHCP take a moment, and never happen inside connect() itself.
var JOIN_MS = 20;
// A wrong password takes the ESP32 its three tries.
var REFUSE_MS = 60;

var world = require("Storage").readJSON(".world", true) || { accessPoint: {}, hosts: {} };
var isConnected = false;
var hasAddress = false;
var ssid = "";
var password = "";
var attempt = 0;
var isAway = false;

function reasonAgainst() {
  if (isAway || ssid !== world.accessPoint.ssid) return "NO_AP_FOUND";
  if (password !== world.accessPoint.password) return "AUTH_FAIL";
  return null;
}

// A newer connect() or a disconnect() silences the older attempt.
function finishJoin(mine, callback) {
  if (mine !== attempt) return;
  isConnected = true;
  hasAddress = world.accessPoint.dhcp !== false;
  exports.emit("associated", { ssid: ssid, mac: ACCESS_POINT_MAC, channel: "1" });
  if (world.accessPoint.dhcp === false) return;
  exports.emit("connected", { ip: ADDRESS.ip, netmask: ADDRESS.netmask, gw: ADDRESS.gw });
  if (callback) callback(null);
}

function refuseJoin(mine, reason, callback) {
  if (mine !== attempt) return;
  exports.emit("disconnected", { ssid: ssid, mac: ACCESS_POINT_MAC, reason: reason === "AUTH_FAIL" ? "202" : "201", msg: reason });
  if (callback) callback(reason);
}

function answerLater(callback, value) {
  if (callback) setTimeout(callback, 0, null, value);
  return value;
}

exports.connect = function (name, options, callback) {
  if (typeof name !== "string") throw new Error("Expecting SSID to be a string");
  if (options && options.password !== undefined && typeof options.password !== "string") throw new Error("Expecting options.password to be a string");
  if (isConnected) exports.disconnect();
  ssid = name;
  password = (options && options.password) || "";
  attempt++;
  var reason = reasonAgainst();
  if (reason) setTimeout(refuseJoin, REFUSE_MS, attempt, reason, callback);
  else setTimeout(finishJoin, JOIN_MS, attempt, callback);
};

exports.disconnect = function (callback) {
  attempt++;
  if (isConnected) exports.emit("disconnected", { ssid: ssid, mac: ACCESS_POINT_MAC, reason: "8", msg: "ASSOC_LEAVE" });
  isConnected = false;
  if (callback) setTimeout(callback, 0, null);
};

exports.getDetails = function (callback) {
  return answerLater(callback, { status: isConnected ? "connected" : "disconnected", ssid: ssid, password: password, authMode: "wpa2" });
};

exports.getStatus = function (callback) {
  return answerLater(callback, {
    station: isConnected ? "connected" : "disconnected", mode: "sta", powersave: "none", ssid: ssid, bssid: ACCESS_POINT_MAC,
    channel: 1, rssi: -40, htMode: "HT20", authMode: "wpa2"
  });
};

exports.getIP = function (callback) {
  return answerLater(callback, isConnected && hasAddress ? ADDRESS : NO_ADDRESS);
};

// A name that the world does not list is given back as it is: the socket's own look-up resolves it, as this computer does.
exports.getHostByName = function (host, callback) {
  var known = world.hosts[host];
  if (known === "silent") return;
  if (known === "unknown" || !isConnected || /\.invalid$/.test(host)) known = null;
  else if (known === undefined) known = host;
  setTimeout(callback, 0, known);
};

// For tests and people: the access point and the names that there are, to be changed; the access point switched off and on.
exports.world = world;
exports.setAccessPoint = function (isOn) {
  isAway = !isOn;
  if (isAway) exports.loseLink();
};

// And what walking out of reach does.
exports.loseLink = function () {
  if (!isConnected) return;
  isConnected = false;
  exports.emit("disconnected", { ssid: ssid, mac: ACCESS_POINT_MAC, reason: "200", msg: "BEACON_TIMEOUT" });
};
