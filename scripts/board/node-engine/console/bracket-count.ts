/** More than any line closes: an unfinished comment or template wants another line. */
const UNFINISHED = 1000;

/** After these characters a slash begins a regular expression, after others it divides. */
const BEFORE_REGEXP =
  /(?:^|[=(,:;!&|?{}[+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|new|instanceof))$/;

/**
 * How many brackets the input leaves open: the REPL runs a line when none are. An unfinished string counts as closed,
 * so that running it can say what is wrong.
 */
export function openBrackets(input: string): number {
  let open = 0;
  let before = "";
  for (let at = 0; at < input.length; ) {
    const token = nextToken(input, at, before);
    if (token === "comment" || token === "template") return UNFINISHED;
    if (token === "string") return 0;
    if (/^[([{]$/.test(token)) open++;
    if (/^[)\]}]$/.test(token) && --open < 0) return open;
    at += token.length;
    if (!/^(\s|\/\/|\/\*)/.test(token)) before = token;
  }
  return open;
}

/** The text of the token at `at`, or what kind of thing is unfinished there. */
function nextToken(input: string, at: number, before: string): string {
  const rest = input.slice(at, at + 2);
  const first = input[at]!;
  if (rest === "//") return match(/\/\/[^\n]*/y, input, at)!;
  if (rest === "/*") return match(/\/\*[^]*?\*\//y, input, at) ?? "comment";
  if (first === '"' || first === "'") return match(/(["'])(?:\\[^]|(?!\1)[^\\\n])*\1/y, input, at) ?? "string";
  if (first === "`") return match(/`(?:\\[^]|[^\\`])*`/y, input, at) ?? "template";
  if (first === "/" && BEFORE_REGEXP.test(before)) {
    const regexp = match(/\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y, input, at);
    if (regexp) return regexp;
  }
  return match(/[\w$]+|\s+|[^]/y, input, at)!;
}

function match(pattern: RegExp, input: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(input)?.[0];
}
