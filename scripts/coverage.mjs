// Coverage by V8, as Vitest reports it, with fewer merges: Vitest merges what each test file covered into the sum of the files before it,
// one file at a time, which is most of the time of a report of many files.
import v8 from '@vitest/coverage-v8';

/** Test files that are merged at once; so many are in memory. */
const FILES_AT_ONCE = 50;

async function getProvider() {
  const provider = await v8.getProvider();
  const read = provider.readCoverageFiles.bind(provider);
  // Like the key of Vitest's cache of modules without coverage, so that the other projects find what unit tests have transformed.
  provider.requiresTransform = () => false;
  provider.readCoverageFiles = ({ onFileRead, onFinished, onDebug }) => {
    let scripts = [];
    let files = 0;
    const merge = () => {
      // Entries of one script are merged, in one list or in several.
      if (scripts.length > 0) onFileRead({ result: scripts });
      scripts = [];
    };
    return read({
      onFileRead: ({ result }) => {
        for (const script of result) scripts.push(script);
        files += 1;
        if (files % FILES_AT_ONCE === 0) merge();
      },
      onFinished: async (...about) => {
        merge();
        await onFinished(...about);
      },
      onDebug,
    });
  };
  return provider;
}

/** Tells tests that bound CPU time: counting slows the code of the product, and nothing that they compare it with. */
function startCoverage(options) {
  process.env.THERMOCLINE_TEST_COVERAGE = '1';
  return v8.startCoverage(options);
}

/** What Vitest loads as `customProviderModule`. */
export default { ...v8, getProvider, startCoverage };
