// Asks the subject's run() for the job, again and again, and prints how each time went. Part of every subject's program. It begins when the
// text of the program has left the memory.
function take(bytes) {
  seen += bytes.length;
}
function takeAndSum(bytes) {
  seen += bytes.length;
  sum += E.sum(bytes);
}
function report(error, text, ms) {
  if (!job.streams) {
    seen = text.length;
    if (job.sums) sum = E.sum(text);
    if (job.json) JSON.parse(text);
  }
  var result = { error: error, bytes: seen, sum: sum, ms: ms };
  text = error = undefined;
  if (job.looks) result.usedBlocks = process.memory().usage;
  print("@ " + JSON.stringify(result));
  next();
}
function next() {
  if (left-- === 0) {
    print("@ \"done\"");
    return;
  }
  seen = sum = 0;
  startS = getTime();
  run(function (error, text) {
    setTimeout(report, 0, error, text, (getTime() - startS) * 1000);
  });
}
var left = job.requests, seen, sum, startS;
if (job.sums) take = takeAndSum;
setTimeout(next, 0);
