import type { People } from '../catalogue';
import { en } from './en';

export const ar: People = en;
