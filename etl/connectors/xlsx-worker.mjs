// Reads one sheet in a thread of its own: a workbook is unpacked and parsed as a whole, which would hold up a server for seconds, and
// a thread can be given a bound on its memory. Plain JavaScript, since threads do not inherit the loader that compiles TypeScript.
import { parentPort, workerData } from 'node:worker_threads';
import { readSheet, SheetNotFoundError } from 'read-excel-file/node';

const { bytes, sheet } = workerData;
const dayMs = 86_400_000;
const firstDay = Date.UTC(1899, 11, 31);

try {
  const rows = await read(sheet);
  // Of a column in which some date has a time of day, every date is written with one.
  const timed = new Set();
  for (const row of rows) row.forEach((cell, i) => cell instanceof Date && secondsOf(cell) % 86_400 !== 0 && timed.add(i));
  for (let from = 0; from < rows.length; from += 2_000) {
    const texts = rows.slice(from, from + 2_000).map((row) => row.map((cell, i) => textOf(cell, timed.has(i))));
    parentPort.postMessage({ rows: texts, total: rows.length });
  }
  parentPort.postMessage({ end: true });
} catch (error) {
  parentPort.postMessage({ error: error.message, sheets: error instanceof SheetNotFoundError ? error.sheets : null });
}

/** A number that is beyond the last sheet may be the name of one. */
function read(which) {
  return readSheet(Buffer.from(bytes), which, { trim: false }).catch((error) => {
    if (typeof which === 'number' && error instanceof SheetNotFoundError && error.sheets.includes(String(which)))
      return read(String(which));
    throw error;
  });
}

/** Wall-clock times come as if they were UTC, a little less than the second they mean. */
function secondsOf(date) {
  return Math.round(date.getTime() / 1000);
}

function textOf(cell, isTimed) {
  if (cell === null || cell === undefined) return '';
  // Excel keeps 15 digits; what a double has beyond them is no part of the number.
  if (typeof cell === 'number') return String(Number(cell.toPrecision(15)));
  if (!(cell instanceof Date)) return String(cell);
  const text = new Date(secondsOf(cell) * 1000).toISOString();
  if (cell.getTime() < firstDay && cell.getTime() >= firstDay - dayMs) return text.slice(11, 19);
  return text.slice(0, isTimed ? 19 : 10);
}
