import { UserError } from '../../errors';

/** The error of settings whose values depend on themselves. */
export class CircularDependency extends UserError {
  /** @param keys of the cycle; the message starts at the alphabetically first one, wherever the cycle was entered */
  constructor(keys: readonly string[]) {
    const start = keys.indexOf([...keys].sort()[0] ?? '');
    const cycle = [...keys.slice(start), ...keys.slice(0, start + 1)];
    super(`Circular dependency of settings: ${cycle.join(' -> ')}.`, {
      hints: ['Set one of them to a value, or change how it is computed.'],
    });
  }
}

/** Computes values once, when they are first read, and detects circular dependencies. */
export class LazyCache {
  /** Keys being read, outermost first. */
  private readonly path: string[] = [];
  /** Number of invalidations so far. */
  private version = 0;

  /**
   * Caches a value for good, for objects that are created.
   * @returns a getter, which throws CircularDependency if the value depends on itself
   */
  memo<T>(key: string, read: () => T): () => T {
    let result: { readonly value: T } | undefined;
    return () => (result ??= { value: this.detectCycle(key, read) }).value;
  }

  /** Caches a value until the next invalidation. @returns a getter, which throws as that of `memo` */
  memoUntilChange<T>(key: string, read: () => T): () => T {
    let result: { readonly value: T; readonly version: number } | undefined;
    return () => {
      if (result?.version !== this.version) result = { value: this.detectCycle(key, read), version: this.version };
      return result.value;
    };
  }

  /** Invalidates computed values, after a setting has changed. */
  invalidate(): void {
    this.version++;
  }

  private detectCycle<T>(key: string, read: () => T): T {
    if (this.path.includes(key)) {
      throw new CircularDependency(this.path.slice(this.path.indexOf(key)));
    }
    this.path.push(key);
    try {
      return read();
    } finally {
      this.path.pop();
    }
  }
}
