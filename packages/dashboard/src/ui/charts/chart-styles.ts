/** Comes with the first chart, and not before. */
import '@mantine/core/styles/ColorSwatch.css';
import '@mantine/charts/styles.css';
