/**
 * The user's cache folder for this project, shared by all checkouts: $EXPLAB_CACHE, or the system's default location.
 * @throws the system's error for a user without a home directory
 */
export function cacheFolder(): string;
