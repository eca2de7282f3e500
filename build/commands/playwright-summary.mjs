// The same for Playwright.
import fs from 'node:fs';

export default class SummaryReporter {
  #suite;
  #errors = 0;

  printsToStdio() {
    return false;
  }

  onBegin(_config, suite) {
    this.#suite = suite;
  }

  onError() {
    this.#errors++;
  }

  onEnd() {
    const summary = { passed: 0, failed: this.#errors, skipped: [] };
    for (const test of this.#suite?.allTests() ?? []) {
      const outcome = test.outcome();
      if (outcome === 'expected' || outcome === 'flaky') summary.passed++;
      else if (outcome === 'unexpected') summary.failed++;
      else {
        const notes = test.annotations.filter((note) => note.type === 'skip' || note.type === 'fixme');
        const reason = notes.map((note) => note.description).find(Boolean) ?? reasonFromResults(test);
        summary.skipped.push(`${test.title}: ${reason}`);
      }
    }
    fs.writeFileSync(process.env.SUBZERO_SUMMARY, JSON.stringify(summary));
  }
}

/** In a file of steps that build on each other, those after a failure are not run at all. */
const reasonFromResults = (test) =>
  test.results.every((result) => result.duration === 0) ? 'not run, an earlier step failed' : 'no reason given';
