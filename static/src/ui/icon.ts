import type { LucideProps } from 'lucide-preact';
import type { ComponentChildren } from 'preact';

/** A sign beside a word; never instead of one. */
export type Icon = (props: LucideProps) => ComponentChildren;
