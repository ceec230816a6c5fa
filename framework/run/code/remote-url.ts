/** A remote's address without what is secret in it: passwords, tokens, and what follows a question mark. */
export function withoutSecrets(url: string): string {
  const [, scheme, user, rest] = /^([a-z][a-z0-9+.-]*:\/\/)(?:([^/]*)@)?([^?#]*)/i.exec(url) ?? [];
  // git@host:path and paths have no place for a password.
  if (scheme === undefined) return url;
  // Over HTTP the name itself may be a token; over SSH it says whom to log in as.
  const name = user !== undefined && /^(ssh|git\+ssh):/i.test(scheme) ? `${user.split(':')[0] ?? ''}@` : '';
  return `${scheme}${name}${rest ?? ''}`;
}
