import { dateOf, daysLeft } from "./certificate.ts";
import type { CertsFile } from "./certs-folder.ts";

/** A row of `certs -- list`. */
export interface CertsRow {
  name: string;
  /** 2035-06-04; empty when there is no certificate to read. */
  expires: string;
  days?: number;
  key: string;
  /** As DER, which is what the board gets. */
  bytes?: number;
  usedBy: string[];
  /** Why it is kept though no program imports it. */
  standby?: string;
}

/** The rows for files of certs/. */
export function certsRows(files: CertsFile[], now: Date): CertsRow[] {
  return files.map(({ file, certificate, usedBy, head }) => {
    const name = file.replace(/\.pem$/, "");
    if (!certificate) return { name, expires: "", key: "not readable", usedBy, standby: head.Standby };
    const { validTo, key, der } = certificate;
    return { name, expires: dateOf(validTo), days: daysLeft(certificate, now), key: key.text, bytes: der.length, usedBy, standby: head.Standby };
  });
}

/** The rows as lines of text, in columns. */
export function certsTable(rows: CertsRow[]): string[] {
  const cells = [
    ["certificate", "expires", "days", "key", "bytes", "used by"],
    ...rows.map(({ name, expires, days, key, bytes, usedBy, standby }) =>
      [name, expires, String(days ?? ""), key, String(bytes ?? ""), usedBy.join(", ") || (standby ? "standby" : "no program")]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells.map((row) => row.map((cell, column) => pad(cell, column, widths[column]!)).join("  ").trimEnd());
}

/** Numbers to the right. */
function pad(cell: string, column: number, width: number): string {
  return column === 2 || column === 4 ? cell.padStart(width) : cell.padEnd(width);
}
