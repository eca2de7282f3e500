// A vitest reporter that leaves the counts, and why tests were skipped, in the file named by SUBZERO_SUMMARY.
import fs from 'node:fs';

export default class SummaryReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const summary = { passed: 0, failed: unhandledErrors.length, skipped: [] };
    for (const module of modules) {
      if (
        module.state() === 'failed' &&
        [...module.children.allTests()].every((test) => test.result().state !== 'failed')
      ) {
        summary.failed++; // the file itself did not load, or a hook failed
      }
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') summary.passed++;
        else if (result.state === 'failed') summary.failed++;
        else summary.skipped.push(`${test.fullName}: ${result.note ?? reasonInSuite(test) ?? 'no reason given'}`);
      }
    }
    fs.writeFileSync(process.env.SUBZERO_SUMMARY, JSON.stringify(summary));
  }
}

/** `describe.skipIf(…)('name (why)')`: the suite's name says why. */
function reasonInSuite(test) {
  return /\(([^)]*)\)[^(]*$/.exec(test.parent?.fullName ?? test.fullName)?.[1];
}
