import type { Article } from './article.js';

const HEADLINES = [
  ['science', 'Harbour Gazette', 'A comet that was lost in 1908 comes back on time'],
  ['science', 'The Lantern', 'Moss survives a winter on the outside of a space station'],
  ['science', 'Harbour Gazette', 'The deepest reef so far is found below a shipping lane'],
  ['technology', 'The Lantern', 'A town heats its baths with the warmth of its servers'],
  ['technology', 'Inland Post', 'Night trains get a booking system that knows all borders'],
  ['technology', 'Harbour Gazette', 'Ferries without engines cross the strait on a cable'],
  ['culture', 'Inland Post', 'A library lends out musical instruments, and runs out of cellos'],
  ['culture', 'The Lantern', 'The oldest cinema of the country plays its first film again'],
  ['culture', 'Inland Post', 'A village writes its own opera in eleven dialects'],
  ['business', 'Inland Post', 'Bakers share one oven, and the queue gets shorter'],
  ['business', 'Harbour Gazette', 'A shipyard builds its first boat of straw'],
  ['business', 'The Lantern', 'Repair shops overtake phone shops on the high street'],
] as const;

/** Two for each of twelve days of 2026, so that there are more than one page has by default. */
export const FIRST_ARTICLES: readonly Omit<Article, 'id'>[] = HEADLINES.flatMap(([category, source, title], index) => {
  const day = String(index + 1).padStart(2, '0');
  return [
    { category, source, title, published_at: `2026-03-${day}T07:00:00Z` },
    { category, source, title: `In pictures: ${title}`, published_at: `2026-03-${day}T18:30:00Z` },
  ];
});
