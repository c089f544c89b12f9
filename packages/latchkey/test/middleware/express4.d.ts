/** What these tests use of Express 4 has the types of Express 5. */
declare module 'express4' {
  export { default } from 'express';
}
