import type { People } from '../catalogue';
import { en } from './en';

export const it: People = en;
