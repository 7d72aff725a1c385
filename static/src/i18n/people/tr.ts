import type { People } from '../catalogue';
import { en } from './en';

export const tr: People = en;
