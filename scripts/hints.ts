// What a person can do about an error code. The table is here and not on the board, because text costs bytes there. What raises
// each code: docs/errors.md, which lists the same codes (test/docs/errors.test.ts compares the two and the sources).

/** One or two sentences for each code, for someone who meets it for the first time. */
export const HINTS: Readonly<Record<string, string>> = {
  // What the program asked for.
  E_OPTION: "An option of the request has a value that cannot be used; the message names the option and the value. All options are in docs/client.md.",
  E_TEXT_MIXED: "A text holds characters above U+00FF beside bytes that are UTF-8 already, and one of the two would arrive wrong. " +
    "Make both UTF-8 bytes or both plain characters, see docs/text.md.",
  E_TEXT_INVALID: "A text is not valid UTF-8. Was it cut in the middle of a character, or read from a source in another encoding? See docs/text.md.",
  E_BODY_LENGTH: "The function that gives the body gave more or fewer bytes than the Content-Length says. " +
    'Correct the length, or send it with httpVersion "1.1" and Transfer-Encoding "chunked".',
  E_ABORTED: "The program itself ended the request with abort(), usually because its own time limit had passed.",
  E_STATUS: "The server answered, but with a status that means no. 4xx: look at what was sent (address, credentials, body); 5xx: try again later.",

  // Settings, WiFi, clock, randomness.
  E_SETTINGS: "The settings.json in the board's Storage is missing, is no JSON, or lacks what the message names. The README shows an example and how to write it.",
  E_WIFI_PASSWORD: "The access point refused the password. Check wifi.password in the settings: upper and lower case count.",
  E_WIFI_NOT_FOUND: "No network of this name is in reach. Check wifi.ssid in the settings; an ESP32 sees 2.4 GHz networks only.",
  E_WIFI_NO_ADDRESS: "The board joined the network but its router gave it no address. Is DHCP on, and is there an address left in its pool?",
  E_WIFI_TIMEOUT: "The network could not be joined in time. Move the board closer to the access point, or restart the access point.",
  E_WIFI: "The firmware could not join, for the reason in the message; \"no Wifi module\" means that this firmware has no WiFi. Reset the board and try again.",
  E_CLOCK_TIMEOUT: "The time server did not answer. Does the network let UDP port 123 out? Name a server that it can reach in clock.servers of the settings.",
  E_CLOCK_ANSWER: "The time server answered with something that is no usable time; the message says what. Name another one in clock.servers of the settings.",
  E_CLOCK_UNSET: "The board does not know the time, so it cannot tell whether a certificate has expired. Call clock.sync before the request (goOnline does it).",
  E_RANDOM: "This board has no source of random numbers that is known here, or the source stands still; the keys of a connection could be guessed. " +
    "Is WiFi on? For a board other than ESP32, S3 and C3, write 32 random bytes into the Storage file tls-seed.",

  // Reaching the server.
  E_DNS: "The name of the server was not found. Check its spelling, and that the network has internet access.",
  E_CONNECT: "Nothing accepted the connection at this address and port. Is the port right, is the server up, does a firewall stand between?",
  E_NO_TLS: "This firmware has no TLS: the module \"tls\" is missing. Flash a build that has it; the one named ESP32_IDF4 does not.",
  E_TLS_SETUP: "The firmware could not read the ca, cert or key. It takes DER: import a .pem file, and the build converts it.",
  E_HEAP: "Not enough memory outside JavaScript for a TLS connection, which takes about 40 KB. Turn Bluetooth off " +
    "(ESP32.enableBLE(false), then reset), close other sockets, and make one request at a time.",
  E_SOCKETS_LOST: "Five TLS connections could not be set up since the board started, and the firmware loses a socket with each. " +
    "Restart the board, and mend what they failed of (E_HEAP or E_TLS_SETUP before this).",
  E_BREAKER_OPEN: "The server failed so often in a row that the board leaves it alone for a while; the message says how long. The errors before this one say why it failed.",
  E_RESET: "The connection was lost while bytes were still to be sent. Try again; if it happens each time, the server refuses the request or its size.",

  // TLS: the handshake, and who the server is.
  E_HANDSHAKE: "The TLS handshake failed; the message has mbedTLS's own number. -0x7200: no TLS server is at this port. " +
    "\"closed\" or -0x1: the server hung up.",
  E_TLS_ALERT: "The server ended the handshake with an alert. Most often it shares no cipher or key exchange with this firmware, " +
    "wants TLS 1.3, or asks for a client certificate and got none that it knows (at AWS IoT: is it active?).",
  E_SNI: "The server ended the handshake with an alert, and this connection did not ask for it by its name (SNI): without verification stock firmware sends " +
    "a made-up name, some builds none. A server behind a CDN goes by that name. Verify the server (verify \"required\"), and the right name is sent; " +
    "if that is not it: no common cipher, only TLS 1.3, or a client certificate wanted.",
  E_TLS_VERSION: "The server speaks only TLS versions that are not allowed here. The default is TLS 1.2; minTls lowers it, which makes the connection weaker.",
  E_CERT_REFUSED: "The certificate was refused: it is from another authority than the ca, or for another host, and a second look did not tell which. " +
    "If both are right, memory may have run out: turn Bluetooth off (ESP32.enableBLE(false)).",
  E_UNKNOWN_CA: "The server's certificate was not signed by the authority in ca. Embed the root of the server's chain, not its first certificate; " +
    "if the ca is right, someone may be in between.",
  E_WRONG_HOST: "The server's certificate is valid, but for other names than the one that was asked for. Use the name that the certificate has.",
  E_CERT_NO_NAMES: "The server's certificate says in no subject alternative name whom it is for; a common name alone is not accepted any more. " +
    "Whoever runs the server has to issue a new one with its DNS name or IP address in it.",
  E_CERT_EXPIRED: "The server's certificate has expired, by the board's clock. Is the clock right? If so, the server needs a new certificate.",
  E_CERT_NOT_YET_VALID: "The server's certificate is not valid yet, by the board's clock. Is the clock behind? Sync it with clock.sync.",
  E_PIN_MISMATCH: "The server's certificate is none of the pinned ones; the message is its SHA-256. Pins of a certificate end with its renewal: " +
    "check by another way that the new one is genuine before you pin it.",
  E_CERTIFICATE: "The server's certificate cannot be read: it is no certificate in DER at the byte that the message names. A server with such a one cannot be verified.",
  E_TLS_LAYOUT: "This firmware keeps its TLS state in a form that is not recognised here, so the server cannot be verified and nothing was sent. " +
    "The last resort is --insecure (\"verify\": \"none\" in the settings): then anyone on the way can read and change everything.",
  E_TLS_NAME: "There is no room in the firmware's memory for this host name (over 17 characters with pins alone, or an address with mutual TLS). " +
    "Give a ca too, or any DER certificate as cert without key: its memory makes room.",
  E_TLS_RECORD: "The TLS connection broke: a record was damaged or not what it should be, and nothing of the answer after it can be trusted. Try again.",

  // The answer.
  E_NO_RESPONSE: "The server closed the connection without an answer. Is this port an HTTP server's, and does it take https (or http)?",
  E_TRUNCATED: "The connection ended before the answer was complete; the message is how many bytes of the body had come. Do not use what came; try again.",
  E_STATUS_LINE: "What came does not begin like an HTTP answer. Is another kind of server at this port, or a TLS one that was asked with http://?",
  E_HEADER_LINE: "The server sent a header line that is not valid HTTP, so the rest of its answer cannot be trusted. Tell who runs it; the message shows the line.",
  E_LINE_LIMIT: "A line of the answer's head is longer than limits.lineBytes. Raise that limit if this server is to be trusted with the memory.",
  E_HEAD_LIMIT: "The headers of the answer are longer than limits.headBytes. Raise that limit if this server is to be trusted with the memory.",
  E_HEADER_COUNT: "The answer has more headers than limits.headerCount. Raise that limit if this server is to be trusted with the memory.",
  E_INTERIM_LIMIT: "The server sent more interim answers (1xx) than limits.interimCount and not the real one. Something is wrong with it.",
  E_CONTENT_LENGTH: "The server's Content-Length is no number, is said twice differently, or stands beside a Transfer-Encoding. " +
    "Such an answer can hide another one, so it is refused.",
  E_TRANSFER_ENCODING: "The server sent a transfer coding other than chunked. HTTP/1.0 (the default) and no TE header should keep it from that.",
  E_CHUNK: "The server's chunked body is broken: a bad chunk size, or no line end after a chunk. Do not use what came.",
  E_BODY_LIMIT: "The body is longer than limits.bodyBytes. Take it piece by piece with onData, or raise the limit as far as the board's memory allows.",
  E_JSON: "What came is not JSON, or is cut short, or lacks what has to be in it; the message says where or what. Most often something else answers than the service that was " +
    "meant: a proxy, a login page, another path.",
  E_JSON_LIMIT: "The JSON is nested deeper, or a value in it is longer, than the reader's limits allow (depth, valueBytes). Name a path further inside the value, or raise the limit " +
    "as far as the board's memory allows.",
  E_OAUTH: "The token service gave no token. invalid_client: the client id or the client secret in the settings (oauth) is wrong. access_denied: this client may not " +
    "ask for that audience. \"200 without\": it answered with something that is no token; is the path right?",
  E_RATE_LIMIT: "The service wants no more requests for now. Token service: a token can be used until it expires; keep one token source for the whole " +
    "program and do not restart it in a loop. GitHub: 60 requests an hour from one address, 5000 with a token (github.token in the settings).",
  E_SHADOW_FORBIDDEN: "AWS IoT knows the board or the request and refuses it. Mutual TLS works on port 8443 only (on 443 every answer is 403): leave aws.port out. Else the policy: it must be " +
    "attached to the board's certificate and allow iot:GetThingShadow and iot:UpdateThingShadow for exactly this thing.",
  E_SHADOW_NOT_FOUND: "AWS IoT has no shadow for this thing: nothing has written to it yet, or aws.thing in the settings is misspelt (upper and lower case count), or it is another region's endpoint.",
  E_SHADOW_CONFLICT: "Somebody else changed the shadow since the version that this update was meant for. Get it again, decide anew, and send the update with the new version.",
  E_REDIRECT: "The server sent the board on to where it must not go, see the message: from https to http, to something that is no web address, or with a body that " +
    "cannot be sent twice. If the target is right, put it into the program.",
  E_REDIRECT_LIMIT: "The server sent the board on more often than maxRedirects allows; two addresses may point at each other. Open the address in a browser and " +
    "put the one where it ends into the program.",

  // Waiting.
  E_TIMEOUT_DNS: "The name server did not answer in time (deadlines.dnsMs). Is the network's internet connection up?",
  E_TIMEOUT_CONNECT: "The connection took longer than deadlines.connectMs. The firmware cannot be interrupted in it, so this comes late: is the server reachable at all?",
  E_TIMEOUT_HANDSHAKE: "The TLS handshake was not over in time (deadlines.handshakeMs). The server fell silent in it, or the board needs more time for its arithmetic.",
  E_TIMEOUT_FIRST_BYTE: "The server took the request and did not begin to answer in time. If it needs longer for its work, raise deadlines.firstByteMs.",
  E_TIMEOUT_IDLE: "The server stopped in the middle: nothing moved for deadlines.idleMs. Try again; the network or the server stalled.",
  E_TIMEOUT_TOTAL: "The request as a whole took longer than deadlines.totalMs, though each part kept its own deadline. Raise it for long downloads.",

  // The outbox.
  E_OUTBOX_FULL: "As many records wait as the outbox can hold. Is the server reached at all? They are sent as soon as it is; new ones are refused until then, " +
    'unless the outbox is opened with whenFull: "drop-oldest" (docs/outbox.md).',
  E_OUTBOX_RECORD: "One record of the outbox has 1 to 4048 bytes. Put less into it, or split it.",
  E_OUTBOX_FLASH: "The outbox cannot use this flash: the firmware has no module Flash, the region is not one that require(\"Flash\").getFree() lists, or what was " +
    "written does not read back, which is how worn-out flash shows. Name another region (docs/outbox.md).",

  // A saved program at boot.
  E_BOOT_LOOP: "Three boots of the saved program ended within a minute: it crashes, restarts the board, or power was cut. Upload a corrected one. " +
    "A program that restarts or sleeps on purpose says bootSucceeded() first (docs/upload.md).",
  E_PROGRAM_DAMAGED: "The saved program in the board's flash is gone or not what was uploaded, so it is not run. Upload it again.",
};

/** What a person can do about an error code; undefined for a code that is not one of this project. */
export function hintFor(code: string): string | undefined {
  return Object.hasOwn(HINTS, code) ? HINTS[code] : undefined;
}
