import { pathToFileURL } from 'node:url';
import { createClient } from '@libsql/client/sqlite3';
import type { Client, Config, Transaction } from '@libsql/client/sqlite3';
import { PrismaLibSql } from '@prisma/adapter-libsql';

/**
 * The options of every connection. Without `intMode` an integer above 2^53 throws; `timeout` is how long SQLite waits for
 * a lock before SQLITE_BUSY (milliseconds).
 */
export function connectionConfig(file: string, timeout = 5000): Config & { timeout: number } {
  return { url: pathToFileURL(file).href, timeout, intMode: 'bigint' };
}

/**
 * An adapter whose transactions stay on the one connection. libSQL's client opens a new connection after every
 * transaction and leaves the old one to the garbage collector: two file descriptors each, EMFILE after some hundreds.
 * The adapter holds a mutex from begin to commit, so one connection is enough.
 */
export function oneConnectionAdapter(file: string): PrismaLibSql {
  const config = connectionConfig(file);
  const factory = new PrismaLibSql(config);
  factory.createClient = () => withOwnTransactions(createClient(config));
  return factory;
}

function withOwnTransactions(client: Client): Client {
  const transaction = async (): Promise<Transaction> => {
    // IMMEDIATE: a transaction that reads first and then cannot write would have to be repeated.
    await client.execute('BEGIN IMMEDIATE');
    return transactionOn(client);
  };
  // Everything but transaction() is the client's own, with its private state.
  return new Proxy(client, {
    get(target, property) {
      if (property === 'transaction') return transaction;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function transactionOn(client: Client): Transaction {
  let closed = false;
  const end = async (command: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
    closed = true;
    await client.execute(command);
  };
  return {
    execute: (statement) => client.execute(statement),
    batch: async (statements) => {
      const results = [];
      for (const statement of statements) results.push(await client.execute(statement));
      return results;
    },
    executeMultiple: (sql) => client.executeMultiple(sql),
    commit: () => end('COMMIT'),
    rollback: () => end('ROLLBACK'),
    close: () => {
      closed = true;
    },
    get closed() {
      return closed;
    },
  };
}
