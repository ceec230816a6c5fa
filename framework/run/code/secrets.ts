import { readFileSync } from 'node:fs';

/** Names of files that hold passwords, keys or tokens, also of their copies, such as id_rsa.bak. */
const NAMES = new RegExp(
  String.raw`(^|/)(${[
    String.raw`\.env(rc|\..+)?`,
    String.raw`\.(netrc|npmrc|pypirc|pgpass|htpasswd|git-credentials|my\.cnf|s3cfg|boto|vault-token|dockercfg)`,
    String.raw`[._]?netrc|\.(databrickscfg|Renviron|aws-credentials)|\.aws/(config|credentials)|.+\.tfstate|.+\.env`,
    String.raw`\.docker/config\.json|\.kube/config|kubeconfig(\.ya?ml)?`,
    String.raw`([\w-]+[-_])?(secrets?|credentials?|passwords?|tokens?)(\.(json|ya?ml|toml|ini|txt|env))?`,
    String.raw`service[-_]?account.*\.json`,
    String.raw`id_(rsa|dsa|ecdsa|ed25519)(_[\w-]+)?`,
    String.raw`.+\.(pem|key|p12|pfx|jks|keystore|kdbx)`,
  ].join('|')})(\.(bak|old|orig|save|backup)|~)?$`,
  'i',
);

/** Beginnings of private keys, and tokens whose issuers gave them a form of their own. */
const CONTENTS: readonly (readonly [what: string, form: RegExp])[] = [
  ['a private key', /-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----/],
  ['an access key of AWS', /\b(AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a token of GitHub', /\b(gh[pousr]_\w{36}|github_pat_\w{22,})/],
  ['a token of GitLab', /\bglpat-[\w-]{20}/],
  ['a token of Slack', /\bxox[abeoprs]-[\w-]{10,}/],
  ['a key of Google', /\bAIza[\w-]{35}/],
  ['a token of Hugging Face', /\bhf_[A-Za-z0-9]{30,}/],
  ['a key of OpenAI or Anthropic', /\bsk-[\w-]{20,}/],
];

/** @param path of an untracked file, relative to the repository */
export function hasSecretName(path: string): boolean {
  return NAMES.test(path);
}

/** What secret a text file seems to hold; undefined where none is found, or it cannot be read. */
export function secretIn(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'latin1');
    return CONTENTS.find(([, form]) => form.test(text))?.[0];
  } catch {
    return undefined;
  }
}
