import type { People } from '../catalogue';
import { en } from './en';

export const th: People = en;
