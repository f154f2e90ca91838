// The firmware's own http module.
function run(done) {
  var text = "", headers = job.post ? { "Content-Type": "application/json", "Content-Length": job.post.length } : {};
  var options = { host: "127.0.0.1", port: job.port, path: job.path, method: job.method, headers: headers, protocol: job.secure ? "https:" : "http:" };
  if (job.secure) options.ca = require("Storage").read("ca.der");
  var request = require("http").request(options, function (response) {
    response.on("data", job.streams ? take : function (bytes) {
      text += bytes;
    });
    response.on("close", function () {
      done(undefined, text);
    });
  });
  request.end(job.post);
}
