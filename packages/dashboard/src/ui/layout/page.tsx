/**
 * The frame of a page.
 *
 * ui/layout/ owns the frame of content: pages and their sections, the brand, links, menus and lists of facts.
 */
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import classes from './page.module.css';

interface PageProps {
  readonly title: string;
  /** Shown in place of the title where that is more than text. */
  readonly heading?: ReactNode;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** One page: its title, what can be done here, and its sections. Names the window as well. */
export function Page({ title, heading, lead, actions, children }: PageProps) {
  useTitle(title);
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <div className={classes.titles}>
          <h1>{heading ?? title}</h1>
          {lead !== undefined && <div className={classes.lead}>{lead}</div>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Without a frame of its own, for content that brings one. */
  readonly bare?: boolean;
}

export function Section({ title, actions, children, bare = false }: SectionProps) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.sectionHeader}>
        <h2>{title}</h2>
        {actions}
      </div>
      {bare ? children : <div className={classes.card}>{children}</div>}
    </section>
  );
}

function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Latchkey`;
  }, [title]);
}
