import { testPages } from '../support/pages.ts';

testPages(390);
