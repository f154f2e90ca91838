// A fetch module as EspruinoDocs describes its own: promises over the http module, the whole body in RAM.
function FetchResponse(response) {
  this.response = response;
}
FetchResponse.prototype.text = function () {
  var response = this.response;
  return new Promise(function (resolve) {
    var text = "";
    response.on("data", function (bytes) {
      text += bytes;
    });
    response.on("close", function () {
      resolve(text);
    });
  });
};
function fetch(address, parameters) {
  var options = Object.assign(url.parse(address), { method: "GET", headers: {} }, parameters || {});
  if (options.body) options.headers["Content-Length"] = options.body.length;
  return new Promise(function (resolve, reject) {
    var request = require("http").request(options, function (response) {
      resolve(new FetchResponse(response));
    });
    request.on("error", reject);
    request.end(options.body);
  });
}
function run(done) {
  var address = (job.secure ? "https" : "http") + "://127.0.0.1:" + job.port + job.path;
  fetch(address, job.post ? { method: "POST", body: job.post, headers: { "Content-Type": "application/json" } } : {}).then(function (response) {
    return response.text();
  }).then(function (text) {
    if (job.streams) take(text);
    done(undefined, text);
  }).catch(function (error) {
    done(error.message || error, "");
  });
}
