import { readFileSync } from 'node:fs';

/** Names of files that contain passwords, keys or tokens, also of their copies, such as id_rsa.bak. */
const SECRET_NAMES = new RegExp(
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

/** Headers of private keys, and tokens with a recognizable format. */
const SECRET_FORMATS: readonly (readonly [name: string, format: RegExp])[] = [
  ['a private key', /-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----/],
  ['an AWS access key', /\b(AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a GitHub token', /\b(gh[pousr]_\w{36}|github_pat_\w{22,})/],
  ['a GitLab token', /\bglpat-[\w-]{20}/],
  ['a Slack token', /\bxox[abeoprs]-[\w-]{10,}/],
  ['a Google API key', /\bAIza[\w-]{35}/],
  ['a Hugging Face token', /\bhf_[A-Za-z0-9]{30,}/],
  ['an OpenAI or Anthropic API key', /\bsk-[\w-]{20,}/],
];

/** @param path of an untracked file, relative to the repository */
export function hasSecretName(path: string): boolean {
  return SECRET_NAMES.test(path);
}

/** Kind of secret that a text file seems to contain; undefined if none is found, or it cannot be read. */
export function secretIn(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'latin1');
    return SECRET_FORMATS.find(([, format]) => format.test(text))?.[0];
  } catch {
    return undefined;
  }
}
