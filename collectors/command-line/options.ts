/** Short options of programs that take a secret, by the program's own manual. */
interface SecretOptions {
  readonly program: RegExp;
  /** A word that must have been given before, such as a subcommand. */
  readonly after?: string;
  /** The next word is a secret. */
  readonly next?: readonly string[];
  /** What follows in the same word is a secret. */
  readonly joined?: readonly string[];
  /** `user:password`, in the next word or the same. */
  readonly login?: readonly string[];
  /** The words after this one that are no options are secrets. */
  readonly words?: readonly string[];
}

export const OPTIONS: readonly SecretOptions[] = [
  { program: /^(?:mysql|mariadb)[\w-]*$/, joined: ['-p'] },
  { program: /^sshpass$/, next: ['-p'], joined: ['-p'] },
  { program: /^(?:redis|valkey)-(?:cli|benchmark)$/, next: ['-a'] },
  { program: /^mongo\w*$/, next: ['-p'], joined: ['-p'] },
  { program: /^(?:twine|cypher-shell|ncftp\w*|rdesktop|user(?:add|mod)|neo4j-admin|lpass)$/, next: ['-p'] },
  { program: /^lftp$/, next: ['-u'] },
  { program: /^nmcli$/, next: ['password', 'wifi-sec.psk', '802-11-wireless-security.psk'] },
  { program: /^(?:sqlplus|rman|impdp|expdp)$/, words: ['sqlplus', 'rman', 'impdp', 'expdp'] },
  { program: /^wpa_passphrase$/, words: ['wpa_passphrase'] },
  { program: /^ldap\w+$/, next: ['-w'], joined: ['-w'] },
  { program: /^curl$/, login: ['-u', '--user', '-U', '--proxy-user', '-E', '--cert'], next: ['-b', '--oauth2-bearer'] },
  { program: /^(?:http|https|xh|httpie)$/, login: ['-a', '--auth'] },
  {
    program: /^(?:docker|podman|nerdctl|buildah|skopeo|helm|oras|crane|apptainer|singularity|az|oc|argocd|gh|glab)$/,
    after: 'login',
    next: ['-p', '-t'],
    joined: [],
  },
  { program: /^(?:skopeo|buildah|podman)$/, login: ['--creds', '--src-creds', '--dest-creds'] },
  { program: /^(?:smbclient|rpcclient|net|smbmap)$/, login: ['-U'] },
  { program: /^(?:mosquitto_\w+|ipmitool|sqlcmd|bcp|osql|zip|unzip)$/, next: ['-P'], joined: ['-P'] },
  { program: /^(?:7z\w?|rar|unrar)$/, joined: ['-p'] },
  { program: /^(?:xfreerdp\d?|wlfreerdp)$/, joined: ['/p:'] },
  { program: /^openssl$/, next: ['-k', '-K', '-pass', '-passin', '-passout'] },
  { program: /^ssh-keygen$/, next: ['-N', '-P'] },
  { program: /^snmp\w+$/, next: ['-A', '-X', '-c'] },
  { program: /^influx$/, next: ['-t'] },
  { program: /^gh$/, after: 'secret', next: ['-b', '--body'] },
  { program: /^(?:kubectl|oc)$/, after: 'secret', next: ['--from-literal'], joined: ['--from-literal='] },
  { program: /^htpasswd$/, words: ['-b', '-bB', '-Bb', '-cb', '-bc', '-nb', '-bn', '-cbB', '-nbB', '-bnB'] },
  { program: /^(?:vault|wandb|huggingface-cli|hf|ngc|comet|kaggle|modal)$/, words: ['login', 'unwrap'] },
  { program: /^ngrok$/, words: ['authtoken', 'add-authtoken'] },
  { program: /^mc$/, after: 'alias', words: ['set'] },
];

/** Programs that print what they are given to one that reads a secret: `echo PW | sudo -S`. */
export const PRINTERS = /^(?:echo|printf)$/;
export const READS_SECRET: ReadonlySet<string> = new Set(['-S', '--password-stdin', '--with-token', '--stdin', 'chpasswd', '--passphrase-fd', '--token-stdin']);
