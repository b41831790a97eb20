const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Words that make a name one of a secret wherever they stand in it. */
const SECRET = set(
  'secret secrets password passwd passphrase passwort passcode pwd pw apikey credential credentials creds auth authorization bearer cookie jwt dsn accesskey secretkey privatekey authkey authtoken hftoken',
);
/** Words that do so as the last one. */
const SECRET_LAST = set('token pass pat sas key keys pin otp totp');
/** Names written in one: `requirepass`, `masterauth`, `hftoken`. */
const SECRET_END = /(?:(?<!com|by|over|tres)pass|password|passwd|token|secret|apikey|authkey|auth)$/;
/** Last words of a name that say that the value is something about a secret, not one: `--token-file`, `--pad-token-id`, `--auth-type`. */
const HARMLESS_LAST = set(
  'id ids len length count limit budget type types mode dir path file files method rate size num level idx index name names enabled policy url uri endpoint host port backend provider plugin class cls ratio dim prefix suffix format env ttl timeout expiry algorithm alg header scheme version stdin fd group role plugins',
);
/** Before a last `token`: one of a vocabulary, not of a door. */
const VOCABULARY = set(
  'pad eos bos unk sep cls mask image img video audio vision text stop special start end decoder encoder think thinking reasoning prompt new next per max min num first last draft tool placeholder eot eom trigger class number query separator additional extra padding begin beginning document user assistant system',
);
/** Before a last `key` or `keys`: one of a table or a record. */
const OF_RECORD = set(
  'input output label labels text prompt response image images video audio data dataset eval reward sort primary partition group json column field fields index cache state dict target source answer messages message chosen rejected tools system foreign lookup feature score metric monitor question context fn query record row map routing object id hash sharding shard join config',
);
/** After `token`: whose it is or what of it, in names such as `HF_TOKEN_READ`. */
const AFTER_TOKEN = /^(?:\d+|prod|production|dev|test|staging|main|read|write|ro|rw|old|new|value|string|secret|key|hf|github)$/;
/** Before `pass`: a turn, not a word that opens. */
const TURNS = set('two one multi single first second forward backward num n low high band by');

/** True for a name whose value is a secret: `--api-key`, `HF_TOKEN`, `dbPassword`; not `--max-tokens`, `--tokenizer`, `--token-file`. */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  const last = words[words.length - 1];
  if (last === undefined || HARMLESS_LAST.has(last)) return false;
  const before = words[words.length - 2] ?? '';
  if (SECRET_LAST.has(last)) {
    if (last === 'token') return !VOCABULARY.has(before);
    if (last === 'key' || last === 'keys') return !OF_RECORD.has(before) && !(last === 'keys' && words.length === 1);
    if (last === 'pass') return !TURNS.has(before);
    return true;
  }
  const token = words.lastIndexOf('token');
  if (token >= 0 && words.slice(token + 1).every((word) => AFTER_TOKEN.test(word))) return true;
  return words.some((word) => SECRET.has(word) || (word !== 'token' && word !== 'pass' && SECRET_END.test(word)));
}

/** True where what follows this name is a commit, a checksum or a name of its own, however random it looks. */
export function isNameOfHash(name: string): boolean {
  return /(?:revision|commit|sha\d*|hash|digest|checksum|rev|ref|tag|version|id|ids|uuid|uuids|seed|session|name|run|instance|prefix|fingerprint)$/i.test(name);
}

/** Where the file with a secret lies is none. */
export function isKeyFile(name: string, value: string): boolean {
  const words = wordsOf(name);
  const last = words[words.length - 1] ?? '';
  if (words.some((word) => /^(?:access|secret|api|token)$/.test(word))) return false;
  if (!/^(?:key|keys|credentials|creds|cookie|pwd|auth|authorization)$/.test(last) || !/^[\w@.~/-]+$/.test(value)) return false;
  return /^(?:~|\.{1,2})?\/./.test(value) || /\.(?:pem|key|json|crt|p12|txt|ya?ml|toml|ini)$/.test(value);
}

function wordsOf(name: string): string[] {
  return name
    .slice(-100)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
