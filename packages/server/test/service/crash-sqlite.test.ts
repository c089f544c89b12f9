import { fileDatabase } from './crash-database.js';
import { crashSuite } from './crash-often.js';

crashSuite('crash of a service on SQLite', fileDatabase, ['service']);
