/** A secret that is known by how it begins. */
interface Shape {
  readonly prefix: string;
  /** Characters that must follow, at least, of those that such a secret is made of. */
  readonly least: number;
  /** Signs besides letters, digits, `_` and `-`. */
  readonly signs?: string;
  /** The beginning says where it leads and stays. */
  readonly keep?: true;
}

/**
 * Beginnings of well-known secrets, as their issuers document them, and as the lists of secret scanners (gitleaks, secretlint) name them. A
 * beginning, an alphabet and a length are enough here, and are found in one pass.
 */
const SHAPES: readonly Shape[] = [
  { prefix: 'hf_', least: 16 }, // Hugging Face
  { prefix: 'api_org_', least: 20 },
  { prefix: 'sk-', least: 12 }, // OpenAI, Anthropic and their like
  { prefix: 'pk-', least: 12 },
  { prefix: 'rk-', least: 12 },
  { prefix: 'pplx-', least: 16 }, // Perplexity
  { prefix: 'gsk_', least: 16 }, // Groq
  { prefix: 'r8_', least: 20 }, // Replicate
  { prefix: 'nvapi-', least: 12 }, // NVIDIA NGC
  { prefix: 'wandb_v1_', least: 16 },
  { prefix: 'xai-', least: 20 },
  { prefix: 'tvly-', least: 16 },
  { prefix: 'lsv2_', least: 16 }, // LangSmith
  ...['ghp_', 'gho_', 'ghs_', 'ghr_', 'ghu_', 'github_pat_'].map((prefix) => ({ prefix, least: 12 })),
  ...['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glft-', 'glsoat-', 'glagent-', 'gloas-', 'GR1348941'].map((prefix) => ({
    prefix,
    least: 12,
    signs: '.',
  })),
  ...['xoxa-', 'xoxb-', 'xoxe-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-', 'xoxe.xoxp-'].map((prefix) => ({ prefix, least: 8 })), // Slack
  { prefix: 'conda.anaconda.org/t/', least: 8, keep: true },
  { prefix: 'hooks.slack.com/services/', least: 8, signs: '/', keep: true },
  { prefix: 'hooks.slack.com/workflows/', least: 8, signs: '/', keep: true },
  { prefix: 'hooks.slack.com/triggers/', least: 8, signs: '/', keep: true },
  { prefix: 'discord.com/api/webhooks/', least: 8, signs: '/', keep: true },
  { prefix: 'discordapp.com/api/webhooks/', least: 8, signs: '/', keep: true },
  { prefix: 'api.telegram.org/bot', least: 8, signs: ':', keep: true },
  { prefix: 'webhook.office.com/webhookb2/', least: 8, signs: '/@', keep: true },
  ...['AKIA', 'ASIA', 'ABIA', 'ACCA'].map((prefix) => ({ prefix, least: 16 })), // AWS
  { prefix: 'AIza', least: 30 }, // Google
  { prefix: 'ya29.', least: 16 },
  { prefix: 'GOCSPX-', least: 16 },
  { prefix: 'LTAI', least: 16 }, // Alibaba Cloud
  { prefix: 'eyJ', least: 16, signs: '.+/=' }, // a JSON Web Token, or other JSON in base64
  ...['sk_live_', 'sk_test_', 'sk_prod_', 'rk_live_', 'rk_test_', 'rk_prod_', 'whsec_'].map((prefix) => ({ prefix, least: 10 })), // Stripe
  { prefix: 'npm_', least: 30 },
  { prefix: 'pypi-', least: 40 },
  { prefix: 'rubygems_', least: 40 },
  { prefix: 'dckr_pat_', least: 16 },
  { prefix: 'dckr_oat_', least: 16 },
  { prefix: 'dop_v1_', least: 32 }, // DigitalOcean
  { prefix: 'doo_v1_', least: 32 },
  { prefix: 'dor_v1_', least: 32 },
  { prefix: 'hvs.', least: 20 }, // Vault
  { prefix: 'hvb.', least: 20 },
  { prefix: 'tskey-', least: 12 }, // Tailscale
  { prefix: 'sntrys_', least: 16, signs: '+/=' }, // Sentry
  { prefix: 'sntryu_', least: 16 },
  { prefix: 'glsa_', least: 16 }, // Grafana
  { prefix: 'glc_', least: 20, signs: '+/=' },
  { prefix: 'NRAK-', least: 20 }, // New Relic
  { prefix: 'lin_api_', least: 20 },
  { prefix: 'ntn_', least: 20 }, // Notion
  { prefix: 'secret_', least: 40 },
  { prefix: 'PMAK-', least: 20 }, // Postman
  { prefix: 'pul-', least: 32 }, // Pulumi
  { prefix: 'pnu_', least: 30 }, // Prefect
  { prefix: 'dapi', least: 32 }, // Databricks
  { prefix: 'SG.', least: 30, signs: '.' }, // SendGrid
  { prefix: 'xkeysib-', least: 30 },
  { prefix: 'shpat_', least: 30 },
  { prefix: 'shpss_', least: 30 },
  { prefix: 'sq0atp-', least: 20 },
  { prefix: 'pscale_tkn_', least: 20, signs: '.' },
  { prefix: 'pscale_pw_', least: 20, signs: '.' },
  { prefix: 'AGE-SECRET-KEY-1', least: 30 },
  { prefix: 'sha256~', least: 30 }, // OpenShift
  { prefix: 'AKCp', least: 50 }, // Artifactory
  { prefix: 'ATATT3', least: 40, signs: '=' }, // Atlassian
  { prefix: 'figd_', least: 20 },
  { prefix: 'sbp_', least: 30 }, // Supabase
  { prefix: 'ops_eyJ', least: 40, signs: '+/=' }, // 1Password
];

/** Each secret of a known shape in a text, from its first character (or that after a kept beginning) to its last. */
export function shapesIn(text: string, found: (from: number, to: number) => void): void {
  for (const shape of SHAPES) {
    let at = text.indexOf(shape.prefix);
    while (at >= 0) {
      const begin = at + shape.prefix.length;
      let end = begin;
      while (end < text.length && isOf(text[end] ?? '', shape.signs ?? '')) end += 1;
      const alone = shape.keep === true || !/[A-Za-z0-9_]/.test(text[at - 1] ?? '');
      if (alone && end - begin >= shape.least) found(shape.keep === true ? begin : at, end);
      at = text.indexOf(shape.prefix, Math.max(begin, end - shape.prefix.length));
    }
  }
  pemIn(text, found);
}

function isOf(sign: string, signs: string): boolean {
  return /[\w-]/.test(sign) || signs.includes(sign);
}

/** A key between its dashes; to the end where they do not come again. */
function pemIn(text: string, found: (from: number, to: number) => void): void {
  let at = text.indexOf('-----BEGIN');
  while (at >= 0) {
    const last = text.indexOf('-----END', at);
    const close = last < 0 ? -1 : text.indexOf('-----', last + 8);
    const end = close < 0 ? text.length : close + 5;
    found(at, end);
    at = text.indexOf('-----BEGIN', end);
  }
}

const UUID = /^(?:[A-Z]{3}-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for a word that looks like a key and nothing else: 32 or more hex digits, or letters and digits in an order that no name has. */
export function looksRandom(word: string): boolean {
  if (word.length < 32 || word.length > 512 || UUID.test(word)) return false;
  if (/^[0-9a-f]+$/i.test(word)) return /\d/.test(word) && /[a-f]/i.test(word);
  if (!/^[A-Za-z0-9+_-]+={0,2}$/.test(word)) return false;
  let turns = 0;
  for (let at = 1; at < word.length; at += 1)
    if (kindOf(word[at] ?? '') * kindOf(word[at - 1] ?? '') > 1 && kindOf(word[at] ?? '') !== kindOf(word[at - 1] ?? '')) turns += 1;
  return turns >= 0.3 * word.length;
}

/** Small letters, capitals, digits; 0 for signs. */
function kindOf(sign: string): number {
  return /[a-z]/.test(sign) ? 2 : /[A-Z]/.test(sign) ? 3 : /\d/.test(sign) ? 5 : 0;
}
