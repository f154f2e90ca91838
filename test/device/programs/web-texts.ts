// Makes the texts of URLs, forms and headers on a board.
import { basic, bearer } from "../../../modules/authorization";
import { encodeForm, encodeQuery, percentEncode } from "../../../modules/form";
import { parseUrl } from "../../../modules/url";
import { formatUrl, resolveReference } from "../../../modules/url-reference";
import { answer, offer } from "./answer";

function resolve(base: string, reference: string): string {
  const target = resolveReference(parseUrl(base), reference);
  return formatUrl(target, target.path);
}

function literals(): string {
  return encodeForm({ "é": "€ 😀" });
}

const MAKERS: Record<string, (...args: any[]) => string> = { basic, bearer, encodeForm, encodeQuery, percentEncode, resolve, literals };

interface Question {
  maker: string;
  /** The arguments, in ASCII. */
  json: string;
}

function make(question: Question): any {
  try {
    const args = JSON.parse(question.json);
    return MAKERS[question.maker]!(args[0], args[1]);
  } catch (error: any) {
    return { code: error.code, message: error.message };
  }
}

offer("make", (questions: Question[]) => answer(questions.map(make)));

answer("ready");
