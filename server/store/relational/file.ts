import { join } from 'node:path';
import { packageRoot } from '../../settings/index.ts';
import { PrismaClient } from '../generated/main/client.ts';
import { migrate, oneConnectionAdapter } from '../sqlite/index.ts';

export type MainFile = PrismaClient;

/** Opens the relational file, brought to this version. */
export async function openMainFile(file: string): Promise<MainFile> {
  await migrate(file, join(packageRoot(), 'prisma', 'main', 'migrations'));
  const db = new PrismaClient({ adapter: oneConnectionAdapter(file) });
  await db.$connect();
  return db;
}
