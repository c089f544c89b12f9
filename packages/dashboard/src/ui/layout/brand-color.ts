import { useEffect } from 'react';

/** The host's colour in place of ours as long as this is shown: for what is filled, for links, and for what is chosen. */
export function useBrandColor(color: string | null): void {
  useEffect(() => {
    if (color === null || !/^#[0-9a-f]{6}$/i.test(color)) return undefined;
    const { style } = document.documentElement;
    const variables = variablesOf(color);
    for (const [name, value] of variables) style.setProperty(name, value);
    return () => {
      for (const [name] of variables) style.removeProperty(name);
    };
  }, [color]);
}

function variablesOf(color: string): readonly (readonly [name: string, value: string])[] {
  const filled = toBeRead(color);
  return [
    ['--mantine-primary-color-filled', filled],
    ['--mantine-primary-color-filled-hover', `color-mix(in srgb, ${filled} 88%, black)`],
    // As a text it stands on the page's own ground: moved towards what can be read there.
    ['--accent', `light-dark(${filled}, color-mix(in srgb, ${color} 45%, white))`],
    ['--accent-soft', `color-mix(in srgb, ${color} 12%, var(--surface))`],
  ];
}

/** WCAG 2.2: up to this luminance, white on it has a contrast of 4.5 and more. */
const LUMINANCE_MAX = 0.183;

/** The colour, darkened as far as white on it needs to be read. */
function toBeRead(color: string): string {
  let channels = [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16));
  while (luminance(channels) > LUMINANCE_MAX) channels = channels.map((channel) => Math.floor(channel * 0.95));
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

function luminance(channels: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = channels.map((channel) => {
    const share = channel / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
