// Loaded late: the table of models is larger than the page that asks for it, and comes as a chunk of its own.
import { modelFromHfConfig, MODELS, type ModelSpec } from '../../core/knowledge/index.ts';

export { MODELS };

/** The architecture of a Hugging Face config.json; the sentence that says why it is none. */
export function modelOfConfig(text: string): ModelSpec | string {
  try {
    const read = modelFromHfConfig(JSON.parse(text));
    return read.ok ? read.model : `${read.error}; a Hugging Face config.json is expected`;
  } catch {
    return 'this is no JSON; a Hugging Face config.json is expected';
  }
}
