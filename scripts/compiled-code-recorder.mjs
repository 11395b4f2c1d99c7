// Loaded before the product by compiled-code.mjs. On SIGUSR2, and when a process ends, it writes what V8 has compiled of each bundle.
import { writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import v8 from 'node:v8';
import vm from 'node:vm';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';
import { codeFile, codePath } from '../dist/load-bundle.cjs';

const loaded = [];
const { Script } = vm;
vm.Script = class extends Script {
  constructor(source, options) {
    super(source, options);
    loaded.push({ script: this, filename: options.filename, path: codePath(options.filename) });
  }
};
// As in commands and tests, which start threads without the flags of a server.
if (process.env.RECORDED_FLAGS === '0') v8.setFlagsFromString = () => undefined;
syncBuiltinESMExports();

function write() {
  for (const { script, filename, path } of loaded) {
    // Code serves processes with the flags that were set when it was written. A server sets them after it has loaded the program.
    if (codePath(filename) === path) writeFileSync(path, codeFile(script.createCachedData()));
  }
}

const threads = new BroadcastChannel('compiled-code');
threads.onmessage = write;
threads.unref();
if (isMainThread) {
  process.on('SIGUSR2', () => {
    threads.postMessage('write');
    write();
  });
  process.once('exit', write);
}
