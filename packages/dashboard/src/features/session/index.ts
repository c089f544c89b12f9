/** Owns signing in and what happens when a session ends. Who may do what is the service's affair. */
export { SignInPage } from './sign-in-page.js';
export { SessionEndedDialog } from './session-ended-dialog.js';
