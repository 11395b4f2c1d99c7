// `npm start`: installs and builds what is missing, then runs the server in this process.
import { checkNode, ensureBuilt, ensureInstalled } from './ensure.mjs';

checkNode();
ensureInstalled();
await ensureBuilt();
await import('../dist/main.js');
