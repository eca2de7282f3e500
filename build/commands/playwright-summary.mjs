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
        summary.skipped.push(
          `${test.title}: ${notes.map((note) => note.description).find(Boolean) ?? 'no reason given'}`,
        );
      }
    }
    fs.writeFileSync(process.env.SUBZERO_SUMMARY, JSON.stringify(summary));
  }
}
