import { duration } from '../../util/format';

/** Formats a value for a table: a number to four digits, a list in brackets, a dash for a missing value. */
export function formatValue(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-';
  if (typeof value === 'number') return formatNumber(value);
  if (Array.isArray(value)) return value.length === 0 ? '-' : `[${value.map(formatValue).join(',')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** 0.0001234, 123,456, 1.234e-9. */
function formatNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

/** Formats an ISO time as local time, to the minute: 2026-11-23 03:02. */
export function formatTime(iso: string): string {
  const time = new Date(iso);
  const parts = [time.getMonth() + 1, time.getDate(), time.getHours(), time.getMinutes()];
  const [month, day, hour, minute] = parts.map((part) => String(part).padStart(2, '0'));
  return `${time.getFullYear()}-${month}-${day} ${hour}:${minute}`;
}

/** Formats the time between two ISO times; `to` defaults to now. */
export function formatElapsed(from: string, to = new Date().toISOString()): string {
  return duration(Math.max(0, Date.parse(to) - Date.parse(from)) / 1000);
}
