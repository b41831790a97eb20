import type { Table } from '../columns.ts';
import type { Workload } from '../contract/verdict.ts';
import type { AnalyseOptions } from '../judged.ts';
import { findModel } from '../models/find.ts';
import type { FactName } from '../reading.ts';

/** Engine, model, data type and parallelism: what was given wins over what the engine says of itself. */
export function detectWorkload(tables: readonly Table[], options: AnalyseOptions): Workload {
  const from: string[] = [];
  const engines = tables.filter((table) => table.entity.kind === 'engine');
  const fact = (name: FactName): string | null => {
    for (const { facts, entity } of engines) {
      const value = facts.get(name);
      if (value === undefined || value === '') continue;
      from.push(`${name} from ${entity.id}`);
      return value;
    }
    return null;
  };
  const said = <T>(given: T | undefined, name: string, detect: () => T | null): T | null => {
    if (given === undefined) return detect();
    from.push(`${name} given`);
    return given;
  };
  const number = (name: FactName) => () => {
    const value = Number(fact(name) ?? Number.NaN);
    return Number.isFinite(value) && value >= 1 ? value : null;
  };
  const model = said(options.modelSpec?.id ?? options.model, 'model', () => fact('model'));
  const engine = engines[0]?.entity.id.split('@')[0] ?? null;
  return {
    engine,
    model,
    dtype: said(options.dtype, 'dtype', () => fact('dtype')),
    quantization: said(options.quantization, 'quantization', () => fact('quantization') ?? (model === null ? null : findModel(model)?.quantization ?? null)),
    tensorParallel: said(options.tensorParallel, 'tensorParallel', number('tensorParallel')),
    pipelineParallel: said(options.pipelineParallel, 'pipelineParallel', number('pipelineParallel')),
    dataParallel: said(options.dataParallel, 'dataParallel', number('dataParallel')),
    from,
  };
}
