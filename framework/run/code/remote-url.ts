/** Removes secrets from a remote's URL: passwords, tokens, and the query. */
export function withoutSecrets(url: string): string {
  const [, scheme, user, rest] = /^([a-z][a-z0-9+.-]*:\/\/)(?:([^/]*)@)?([^?#]*)/i.exec(url) ?? [];
  // git@host:path and paths cannot contain a password.
  if (scheme === undefined) return url;
  // Over HTTP the user name may be a token; over SSH it is the login name.
  const name = user !== undefined && /^(ssh|git\+ssh):/i.test(scheme) ? `${user.split(':')[0] ?? ''}@` : '';
  return `${scheme}${name}${rest ?? ''}`;
}
