import { testPages } from '../support/pages.ts';

testPages(1440);
