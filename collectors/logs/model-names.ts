import type { LogReader } from './reader.ts';

/** How trainers name the model that they start from, each with the name as its first group. */
const NAMES: readonly { exec(line: string): readonly (string | undefined)[] | null }[] = [
  /loading configuration file (\S{1,300})\/config\.json/,
  /["']?(?:_name_or_path|model_name_or_path|base_model|model_id_or_path)["']?\s?[=:] ?["']?([\w./~-]{3,300})/,
  { exec: sftModel },
  /(?:oading the model using model_dir|\] model_dir): (\S{3,300})/,
  /["']?checkpoint_dir["']?\s?[=:] ?(?:PosixPath\()?["']?([\w./~-]{3,300})/,
  /Building ([a-z]+\d[\w.]{0,8} \d[\w.]{0,8}) with /,
];
const HINT = /loading configuration file|name_or_path|base_model|model_id_or_path|SftArguments\(|model_dir|checkpoint_dir|Building [a-z]+\d/;

/** The lines in which a trainer says what it trains: told of the log's training, and of nothing else. The first name counts. */
export const modelNames: LogReader = {
  id: 'model-names',
  hint: HINT,
  sign: /(?!)/, // other programs print such lines, too
  open: (sink) => (line) => {
    for (const name of NAMES) {
      const found = name.exec(line)?.[1];
      if (found !== undefined) sink.trainsModel(modelIn(found));
    }
    return false;
  },
};

const SFT = 'SftArguments(';

/** `SftArguments(…, model='org/name', …)`: before the first parenthesis that closes, within two thousand characters. */
function sftModel(line: string): readonly (string | undefined)[] | null {
  const at = line.indexOf(SFT);
  if (at < 0) return null;
  const inside = line.slice(at + SFT.length, at + SFT.length + 2_400);
  const found = /\bmodel='([^']{3,300})'/.exec(inside);
  const close = inside.indexOf(')');
  return found === null || found.index > 2_000 || (close >= 0 && close < found.index) ? null : found;
}

/** A model by the place that it was loaded from: the hub's cache names it in its own way, a folder by its last part. */
function modelIn(place: string): string {
  const cached = /models--([\w.-]+?)--([\w.-]+)/.exec(place);
  if (cached !== null) return `${cached[1] ?? ''}/${cached[2] ?? ''}`;
  const path = place.replace(/(?<!\/)\/+$/, '').replace(' ', '-');
  return /^[\w.-]+\/[\w.-]+$/.test(path) ? path : (path.split('/').at(-1) ?? path);
}
