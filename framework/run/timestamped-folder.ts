import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Creates a new folder, named by the time. Creation is atomic: if two are created in the same second, the second one is numbered.
 * @param suffix appended to the time
 * @returns its path
 */
export function createTimestampedFolder(parent: string, now: Date, suffix = ''): string {
  mkdirSync(parent, { recursive: true });
  const name = timestamp(now) + suffix;
  for (let attempt = 1; ; attempt++) {
    const path = join(parent, attempt === 1 ? name : `${name}-${attempt}`);
    try {
      mkdirSync(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** 20261122-231507, in local time. */
function timestamp(now: Date): string {
  const parts = [
    now.getFullYear(),
    now.getMonth() + 1,
    now.getDate(),
    now.getHours(),
    now.getMinutes(),
    now.getSeconds(),
  ];
  const [year, month, day, hour, minute, second] = parts.map((part) => String(part).padStart(2, '0'));
  return `${year}${month}${day}-${hour}${minute}${second}`;
}
