import { ConfigurationError } from '../../domain/errors.js';
import { createPrivate, isBusy, type Connection, type Driver } from './driver.js';

/** Held by the process that serves a database. The operating system releases it when the process ends, however it ends. */
export interface NodeLock {
  release(): void;
}

/**
 * Lets one process at a time serve the database at the resolved path `file`: two would each keep a cache that the
 * other's changes do not reach. The lock is an exclusive transaction on an empty database beside it,
 * `<file>-node`. Throws a ConfigurationError while another holds it.
 */
export function holdNodeLock(driver: Driver, file: string): NodeLock {
  const beside = `${file}-node`;
  createPrivate(beside);
  const connection = new driver(beside, { timeout: 0 });
  try {
    connection.exec('begin exclusive');
  } catch (error) {
    connection.close();
    throw isBusy(error) ? alreadyServed(file) : unlockable(beside);
  }
  return { release: () => release(connection) };
}

function release(connection: Connection): void {
  if (connection.open) connection.close();
}

function alreadyServed(file: string): ConfigurationError {
  return new ConfigurationError([
    `Another process is serving ${file}: stop it first, or use it over HTTP. A SQLite database is served by one process at a time.`,
  ]);
}

function unlockable(beside: string): ConfigurationError {
  return new ConfigurationError([`${beside} cannot be locked: delete it if it is not an empty file, and check the rights of its folder.`]);
}
