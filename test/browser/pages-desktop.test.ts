import { testPagesWithData } from '../support/pages.ts';

testPagesWithData({ theme: 'light', width: 1440 });
