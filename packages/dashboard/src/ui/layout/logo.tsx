import icon from '../theme/icon.svg';
import classes from './logo.module.css';

export function Logo() {
  return (
    <span className={classes.logo}>
      <img src={icon} alt="" width={24} height={24} /> Latchkey
    </span>
  );
}
