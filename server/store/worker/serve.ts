import { type Handlers, serve } from '../../threads/index.ts';
import { failureCode } from '../sqlite/index.ts';

/** The side of a worker that owns a file: as any thread's, and its failures say what trouble of SQLite's they are. */
export function serveFile(open: () => Promise<Handlers>): Promise<void> {
  return serve(open, failureCode);
}
