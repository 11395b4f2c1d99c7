/** Restrictions on SQLite. */
import { startProduct } from '../support/product.ts';
import { BY_NAME, describeRestrictions, KEPT } from '../support/restrictions.ts';

describeRestrictions((now) => startProduct({ now, environment: KEPT }), BY_NAME);
