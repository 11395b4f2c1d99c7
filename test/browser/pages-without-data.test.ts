import { testPagesWithoutData } from '../support/pages.ts';

testPagesWithoutData();
