import classes from './code-block.module.css';
import { CopyButton } from './copy-button.js';

/** Code that is ready to be run, with a way to take it along. */
export function CodeBlock({ code, label }: { readonly code: string; readonly label: string }) {
  return (
    <div className={classes.block}>
      <pre tabIndex={0} aria-label={label}>
        <code>{code}</code>
      </pre>
      <div className={classes.copy}>
        <CopyButton compact text={code} label={`Copy ${label}`} />
      </div>
    </div>
  );
}
