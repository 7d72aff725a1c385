import type { People } from '../catalogue';
import { en } from './en';

export const id: People = en;
