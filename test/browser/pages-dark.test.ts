import { testPages } from '../support/pages.ts';

testPages('dark');
