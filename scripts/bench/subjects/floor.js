// The floor: the shortest code on the raw socket that does the job, without a check, a deadline or an error. Over TLS nobody is verified.
function run(done) {
  var text = "", left = 0, end;
  var socket = require(job.secure ? "tls" : "net").connect({ host: "127.0.0.1", port: job.port }, function () {
    socket.write(job.method + " " + job.path + " HTTP/1.1\r\nHost: bench.example\r\n" +
      (job.post ? "Content-Type: application/json\r\nContent-Length: " + job.post.length + "\r\n\r\n" + job.post : "\r\n"));
  });
  function chunks(bytes) {
    if (bytes.length < left) {
      left -= bytes.length;
      take(bytes);
      return;
    }
    bytes = text + bytes;
    text = "";
    for (;;) {
      if (bytes.length < left) {
        left -= bytes.length;
        take(bytes);
        return;
      }
      if (left > 0) take(bytes.substr(0, left));
      end = bytes.indexOf("\n", left + 2);
      if (end < 0) {
        text = bytes.substr(left);
        left = 0;
        return;
      }
      bytes = bytes.substr(left);
      end -= left;
      left = parseInt(bytes.substr(0, end).trim(), 16);
      bytes = bytes.substr(end + 1);
      if (left === 0) return;
    }
  }
  socket.on("data", function (bytes) {
    text += bytes;
    end = text.indexOf("\r\n\r\n");
    if (end < 0 || !job.streams) return;
    socket.removeAllListeners("data");
    socket.on("data", job.chunked ? chunks : take);
    bytes = text.substr(end + 4);
    text = "";
    (job.chunked ? chunks : take)(bytes);
  });
  socket.on("close", function () {
    done(undefined, text.substr(text.indexOf("\r\n\r\n") + 4));
  });
}
