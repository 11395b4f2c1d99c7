/** Restrictions on SQLite. */
import { startProduct } from '../support/product.ts';
import { describeRestrictions } from '../support/restrictions.ts';

describeRestrictions((now) => startProduct({ now }));
