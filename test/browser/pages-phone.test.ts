import { testPagesWithData } from '../support/pages.ts';

testPagesWithData({ theme: 'dark', width: 390 });
