import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  children: ComponentChildren;
  /** the name it holds, when it may be as long as a company's full name */
  name?: string;
}

/** Longer than this and a name is set two steps smaller, so that what stands below keeps its place. */
const longName = 24;

/** The heading of a page. It takes the focus when the page comes, so that a reader starts there. */
export function Title({ children, name = '' }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <h1 ref={heading} tabIndex={-1} data-long={name.length > longName}>
      {children}
    </h1>
  );
}
