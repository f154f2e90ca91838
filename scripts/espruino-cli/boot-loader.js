// The board's boot code for a program saved with `npm run upload -- --save`. boot-code.ts puts the program's file and CRC in, and
// leaves out these lines and the indentation.
//
// The file .boots holds one byte for each event: "b" a boot, "s" a boot that lasted a minute or that the program says went well; what
// is unused is 0xFF. An event clears bits of one byte in place, so flash is erased only by a new file every 2,000 boots, and that is
// made only while Storage has free space: making room would move the very code that runs. Whatever goes wrong with counting, the
// program is started. `eval` of a file in flash leaves the bodies of functions there, as boot code itself does.
function markBootGood() {
  var storage = require("Storage"), events = storage.read(".boots") || "", end = events.indexOf("\xff");
  delete global.markBootGood;
  if (events[end - 1] === "b") storage.write(".boots", "s", end);
}
eval((function (storage, code, events, end) {
  end = events.indexOf("\xff");
  if (end < 0) end = events.length;
  if (events.substr(end - 3, 3) === "bbb") {
    print("=== failed", "E_BOOT_LOOP", "in boot: 3 boots ended within 60 s, so the program is not started. Upload again, or type " +
      "require(\"Storage\").erase(\".boots\");load()");
    return "";
  }
  if (code === undefined || E.CRC32(code) !== PROGRAM_CRC) {
    print("=== failed", "E_PROGRAM_DAMAGED", "in boot: PROGRAM_FILE in Storage is not what was uploaded. Upload again");
    return "";
  }
  try {
    if (end + 2 < events.length) storage.write(".boots", "b", end);
    else if (storage.getFree() > 8192) storage.write(".boots", events.substr(end - 2, 2) + "b", 0, 4000);
  } catch (error) {
    print("This boot is not counted: " + error);
  }
  setTimeout(markBootGood, 60000);
  return code;
})(require("Storage"), require("Storage").read("PROGRAM_FILE"), require("Storage").read(".boots") || ""));
