import type { People } from '../catalogue';
import { en } from './en';

export const vi: People = en;
