// bench/results.svg: work and memory of each subject, job by job.
import type { Cell } from "./cells.ts";
import { JOBS } from "./jobs.ts";
import { SUBJECTS, type SubjectName } from "./program.ts";
import { cellOf, type Results } from "./results.ts";

/** Told apart by people who see no difference between red and green, and in print (Okabe and Ito). */
const COLOURS: Record<SubjectName, string> = { floor: "#999999", http: "#56b4e9", client: "#d55e00", fetch: "#009e73" };
const FONT = 'font-family="system-ui, sans-serif" font-size="12"';
const BAR = 11;
const GROUP_GAP = 12;
const LABELS = 185;
const BARS = 320;
const PANEL = { width: LABELS + BARS + 70, top: 74, gap: 54 };

interface Panel {
  title: string;
  secure: boolean;
  value(cell: Cell): number | undefined;
  show(value: number): string;
}

/** The plot: on the left plain TCP, on the right TLS; above work, below memory. */
export function plotOf(results: Results): string {
  const work = (cell: Cell): number | undefined => ratio(cell.work, cellOf(results, "floor", cell.job, cell.secure)?.work);
  const panels: Panel[] = [false, true].flatMap((secure) => [
    { title: `Work, times the raw socket's, ${secure ? "TLS" : "plain"}`, secure, value: work, show: (value: number) => value.toFixed(2) },
    { title: `Peak JsVars above idle, ${secure ? "TLS" : "plain"}`, secure, value: ({ peakBlocks }: Cell) => peakBlocks, show: String },
  ]);
  const height = panelHeight();
  const places = panels.map((panel, index) => drawPanel(results, panel, Math.floor(index / 2) * PANEL.width, PANEL.top + (index % 2) * (height + PANEL.gap)));
  const [width, whole] = [2 * PANEL.width + 10, PANEL.top + 2 * height + PANEL.gap + 10];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${whole}" width="${width}" height="${whole}" ${FONT}>
<rect width="100%" height="100%" fill="#fff"/>
<text x="10" y="22" font-size="16" font-weight="bold">What a request costs on the interpreter</text>
<text x="10" y="40" fill="#555">Espruino ${results.machine.espruino}, ${results.machine.build}; ${results.unit}; ${results.machine.date}, ${results.machine.revision}</text>
${legend(LABELS + 10)}
${places.join("\n")}
</svg>
`;
}

function legend(left: number): string {
  return SUBJECTS.map(({ name, title }, index) => {
    const x = left + index * 120;
    return `<rect x="${x}" y="48" width="11" height="11" fill="${COLOURS[name]}"/><text x="${x + 16}" y="58">${title}</text>`;
  }).join("");
}

function panelHeight(): number {
  return JOBS.length * (SUBJECTS.length * BAR + GROUP_GAP);
}

function drawPanel(results: Results, panel: Panel, left: number, top: number): string {
  const values = results.cells.filter(({ secure, check }) => secure === panel.secure && check.works).map((cell) => panel.value(cell) ?? 0);
  const scale = BARS / Math.max(1, ...values);
  const groups = JOBS.map((job, index) => {
    const y = top + 16 + index * (SUBJECTS.length * BAR + GROUP_GAP);
    const bars = SUBJECTS.map(({ name }, row) => drawBar(results, panel, name, job.name, scale, left + LABELS, y + row * BAR));
    return `<text x="${left + LABELS - 8}" y="${y + 2 * BAR + 4}" text-anchor="end">${job.title}</text>${bars.join("")}`;
  });
  return `<text x="${left + LABELS}" y="${top + 6}" font-weight="bold">${panel.title}</text>\n${groups.join("\n")}`;
}

function drawBar(results: Results, panel: Panel, subject: SubjectName, job: string, scale: number, x: number, y: number): string {
  const cell = results.cells.find((each) => each.subject === subject && each.job === job && each.secure === panel.secure);
  const value = cell?.check.works ? panel.value(cell) : undefined;
  const label = (at: number, text: string, fill = "#333"): string => `<text x="${(at + 4).toFixed(1)}" y="${y + BAR - 2}" font-size="10" fill="${fill}">${text}</text>`;
  if (cell && !cell.check.works) return label(x, cell.check.reason, COLOURS[subject]);
  if (value === undefined) return "";
  const width = value * scale;
  return `<rect x="${x}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 1}" fill="${COLOURS[subject]}"/>${label(x + width, panel.show(value))}`;
}

function ratio(value: number | undefined, base: number | undefined): number | undefined {
  return value === undefined || base === undefined ? undefined : value / base;
}
