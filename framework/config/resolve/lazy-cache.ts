import { UserError } from '../../errors';

/** Reads what is computed when it is first asked for, and once. A circle is told by its path. */
export class LazyCache {
  /** The keys that are being read, the outermost first. */
  private readonly path: string[] = [];
  /** How often what values follow from has changed. */
  private changes = 0;

  /**
   * For what is made: nothing makes it anew.
   * @throws UserError, when it is called, where the value follows from itself
   */
  memo<T>(key: string, read: () => T): () => T {
    let result: { readonly value: T } | undefined;
    return () => (result ??= { value: this.detectCycle(key, read) }).value;
  }

  /** For what is computed: once, and again when what it may follow from was changed. @throws UserError as `once` */
  memoUntilChange<T>(key: string, read: () => T): () => T {
    let result: { readonly value: T; readonly changes: number } | undefined;
    return () => {
      if (result?.changes !== this.changes) result = { value: this.detectCycle(key, read), changes: this.changes };
      return result.value;
    };
  }

  /** A setting has another value now, from which others may follow. */
  changed(): void {
    this.changes++;
  }

  private detectCycle<T>(key: string, read: () => T): T {
    if (this.path.includes(key)) {
      const circle = [...this.path.slice(this.path.indexOf(key)), key];
      throw new UserError(`${circle.join(' -> ')}: each of these settings follows from the next.`, {
        hints: [`Set one of them, where it can be set, or change how it is computed.`],
      });
    }
    this.path.push(key);
    try {
      return read();
    } finally {
      this.path.pop();
    }
  }
}
