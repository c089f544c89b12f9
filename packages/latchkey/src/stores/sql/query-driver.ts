import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';

export type Execute = (query: CompiledQuery) => Promise<QueryResult<unknown>>;

/** Kysely on whatever runs statements: connections are taken and given back, and transactions begun and ended, elsewhere. */
export function createQueryDriver(execute: Execute): Driver {
  const connection: DatabaseConnection = {
    executeQuery: async <Row>(query: CompiledQuery) => execute(query) as Promise<QueryResult<Row>>,
    streamQuery: elsewhere,
  };
  const nothing = async (): Promise<void> => undefined;
  return {
    init: nothing,
    acquireConnection: async () => connection,
    releaseConnection: nothing,
    beginTransaction: elsewhere,
    commitTransaction: elsewhere,
    rollbackTransaction: elsewhere,
    destroy: nothing,
  };
}

function elsewhere(): never {
  throw new Error('Transactions are run by the store, and rows are not streamed.');
}
