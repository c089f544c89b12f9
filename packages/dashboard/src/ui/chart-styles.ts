/** Comes with the first chart, and not before. */
import '@mantine/charts/styles.css';
