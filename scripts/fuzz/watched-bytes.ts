/** Bytes that count how often they are looked at. */
export interface WatchedBytes {
  /** Stands in for a string. */
  bytes: string;
  looks(): number;
}

/** Gives an object that answers as `text` does to what the reader of DER asks of a string. */
export function watchBytes(text: string): WatchedBytes {
  let looks = 0;
  const look = <T>(value: T): T => {
    looks++;
    return value;
  };
  const stand = {
    length: text.length,
    charCodeAt: (at: number) => look(text.charCodeAt(at)),
    indexOf: (wanted: string, from?: number) => look(text.indexOf(wanted, from)),
    substring: (start: number, end: number) => look(text.substring(start, end)),
    toLowerCase: () => look(text.toLowerCase()),
  };
  return { bytes: stand as unknown as string, looks: () => looks };
}
