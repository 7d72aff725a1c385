import type { People } from '../catalogue';
import { en } from './en';

export const zhHans: People = en;
