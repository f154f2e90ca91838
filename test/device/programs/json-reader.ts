// Reads JSON texts in pieces of given sizes, and answers with what the reader reported for each.
import { createJsonReader } from "../../../modules/json-reader";
import type { JsonPath } from "../../../modules/json-reader";
import { answer, offer } from "./answer";

interface Question {
  /** In Base64. */
  texts: string[];
  paths: JsonPath[];
  pieceBytes: number;
}

function read(question: Question, text: string): any[] {
  const events: any[] = [];
  const reader = createJsonReader({
    paths: question.paths,
    onValue: (path, value) => { events.push([path, value]); },
    onEnd: () => { events.push("end"); },
    onError: (error) => { events.push([error.code, error["offset"]]); },
  });
  for (let at = 0; at < text.length; at += question.pieceBytes) reader.push(text.substr(at, question.pieceBytes));
  reader.close();
  return events;
}

offer("readAll", (question: Question) => {
  question.texts.forEach((text) => answer(read(question, atob(text))));
});

answer("ready");
