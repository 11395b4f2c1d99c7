/** Restrictions by name and by tag on SQLite. */
import { startProduct } from '../support/product.ts';
import { describeRestrictions, KEPT } from '../support/restrictions.ts';

describeRestrictions((now) => startProduct({ now, environment: KEPT }));
