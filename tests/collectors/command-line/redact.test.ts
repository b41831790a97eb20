// Past the door of collectors/command-line: each name is asked for, where a command line shows only the outcome.
import { describe, expect, it } from 'vitest';
import { isSecretName } from '../../../collectors/command-line/names.ts';
import { MAX_COMMAND, redact, redactCommand } from '../../../collectors/command-line/redact.ts';

// [arguments, what may leave the machine]
const TABLE: readonly (readonly [readonly string[], string])[] = [
  [['vllm', 'serve', 'm', '--api-key', 'abc123'], 'vllm serve m --api-key ***'],
  [['vllm', 'serve', 'm', '--api-key=abc123'], 'vllm serve m --api-key=***'],
  [['vllm', 'serve', 'm', '--api-key', '-abc123'], 'vllm serve m --api-key ***'],
  [['srv', '--api_key', 'k1', '--port', '8000'], 'srv --api_key *** --port 8000'],
  [['srv', '--hf-token', 'x', '--model', 'm'], 'srv --hf-token *** --model m'],
  [['srv', '--password', 'p w'], 'srv --password ***'],
  [['srv', '--password', '--PW9'], 'srv --password ***'],
  [['vllm', 'serve', 'm', '--api-key', 'first1', 'second2', '--port', '1'], 'vllm serve m --api-key *** *** --port 1'],
  [['python3', '-m', 'vllm.entrypoints.openai.api_server', '--api-key', 'a', 'b'], 'python3 -m vllm.entrypoints.openai.api_server --api-key *** ***'],
  [['kubectl', 'create', 'secret', 'generic', 's', '--from-literal=k=v'], 'kubectl create secret generic s --from-literal=***'],
  [['srv', '--password', '--no-tls', '--api-key', '--port=1'], 'srv --password --no-tls --api-key --port=1'],
  [['srv', '--db.password=p'], 'srv --db.password=***'],
  [['env', 'HF_TOKEN=abc', 'WANDB_API_KEY=def', 'PATH=/usr/bin', 'python'], 'env HF_TOKEN=*** WANDB_API_KEY=*** PATH=/usr/bin python'],
  [['env', 'AWS_SECRET_ACCESS_KEY=a/b+c', 'x'], 'env AWS_SECRET_ACCESS_KEY=*** x'],
  [['env', 'DATABASE_URL=postgres://u:pw@db/x'], 'env DATABASE_URL=postgres://***@db/x'],
  [['git', 'clone', 'https://user:pw@example.org/r.git'], 'git clone https://***@example.org/r.git'],
  [['git', 'clone', 'https://ghtoken@example.org/r.git'], 'git clone https://***@example.org/r.git'],
  [['curl', '-H', 'Authorization: Bearer abcdef123'], 'curl -H Authorization: ***'],
  [['curl', '-H', 'Authorization:', 'Bearer', 'abcdef123'], 'curl -H Authorization: ***'],
  [['curl', '-H', 'X-Api-Key: abc'], 'curl -H X-Api-Key: ***'],
  [['curl', '-u', 'me:pw', 'http://h/'], 'curl -u *** http://h/'],
  [['curl', 'http://h/a?x=1&token=abc&y=2'], 'curl http://h/a?x=1&token=***&y=2'],
  [['curl', '-d', '{"api_key": "abc", "n": 1}'], 'curl -d {"api_key": ***, "n": 1}'],
  [['python', '-c', "login(token='abc')"], 'python -c login(token=***)'],
  [['python', '-c', 'import os; os.environ["HF_TOKEN"]="abc"'], 'python -c import os; os.environ["HF_TOKEN"]=***'],
  [['huggingface-cli', 'login', 'hf_abcdefghijklmnop'], 'huggingface-cli login ***'],
  [['wandb', 'login', '0123456789abcdef0123456789abcdef01234567'], 'wandb login ***'],
  [['x', 'sk-proj-abcdefghijklmnop'], 'x ***'],
  [['x', '--header=ghp_0123456789abcdefghij'], 'x --header=***'],
  [['x', 'AKIAABCDEFGHIJKLMNOP'], 'x ***'],
  [['x', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig-nature'], 'x ***'],
  [['x', '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----'], 'x ***'],
  [['mysql', '-psecret', 'db'], 'mysql -p*** db'],
  [['sshpass', '-p', 'secret', 'ssh', 'h'], 'sshpass -p *** ssh h'],
  [['redis-server', '--requirepass', 'abc'], 'redis-server --requirepass ***'],
  [['srv', '--auth-token', '1234'], 'srv --auth-token ***'],
  [['sh', '-c', 'export DB_PASSWORD=a,b;c run'], 'sh -c export DB_PASSWORD=*** run'],
  // what must stay readable
  [
    ['python', '-m', 'vllm.entrypoints.openai.api_server', '--model', 'meta-llama/Llama-3.1-8B', '--max-num-batched-tokens', '8192', '--tokenizer', 'm'],
    'python -m vllm.entrypoints.openai.api_server --model meta-llama/Llama-3.1-8B --max-num-batched-tokens 8192 --tokenizer m',
  ],
  [['x', '--pad-token-id', '0', '--tokenizer-mode', 'auto', '--max-tokens=16'], 'x --pad-token-id 0 --tokenizer-mode auto --max-tokens=16'],
  [['x', '--token-file', '/run/t', '--ssl-keyfile', '/etc/k.pem'], 'x --token-file /run/t --ssl-keyfile /etc/k.pem'],
  [['x', '-p', '8080', '--num-key-value-heads', '8'], 'x -p 8080 --num-key-value-heads 8'],
  [['x', '--revision', '0123456789abcdef0123456789abcdef01234567'], 'x --revision 0123456789abcdef0123456789abcdef01234567'],
  [['x', '/models/snapshots/0123456789abcdef0123456789abcdef01234567/'], 'x /models/snapshots/0123456789abcdef0123456789abcdef01234567/'],
  [['x', '--use-auth-token', '--model', 'm'], 'x --use-auth-token --model m'],
  [['x', 'http://127.0.0.1:8000/metrics', '--author', 'me'], 'x http://127.0.0.1:8000/metrics --author me'],
  [['/usr/bin/python3', 'train.py', '--lr=3e-4', '--data', 's3://bucket/key'], '/usr/bin/python3 train.py --lr=3e-4 --data s3://bucket/key'],
];

describe('command lines are redacted at the source', () => {
  it.each(TABLE.map(([args, expected]) => ({ args, expected })))('$expected', ({ args, expected }) => {
    expect(redact(args)).toBe(expected);
  });

  it('redacting twice changes nothing more', () => {
    for (const [args] of TABLE) {
      const once = redact(args);
      expect(redact([once])).toBe(once);
    }
  });

  it('a text column is redacted like a list of arguments', () => {
    expect(redactCommand('vllm serve m --api-key abc123   --port 8000')).toBe('vllm serve m --api-key *** --port 8000');
  });

  it('a secret does not survive by standing beyond the length that is kept', () => {
    const line = redact(['x', 'long.'.repeat(MAX_COMMAND), '--password', 'tail-secret']);
    expect(line.length).toBe(1000);
    expect(line).not.toContain('tail-secret');
  });

  it.each([
    ['api-key', true],
    ['HF_TOKEN', true],
    ['dbPassword', true],
    ['key', true],
    ['client.secret', true],
    ['requirepass', true],
    ['max-tokens', false],
    ['tokenizer', false],
    ['token-file', false],
    ['eos_token_id', false],
    ['keyboard', false],
    ['monkey', false],
    ['auth-type', false],
  ])('%s is a secret name: %s', (name, secret) => {
    expect(isSecretName(name)).toBe(secret);
  });
});
