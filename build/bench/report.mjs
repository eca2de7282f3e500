// From runs to a table: medians, how many times as fast Subzero is as each peer, geometric means, checksums.

/** @param values numbers, some perhaps undefined */
export function median(values) {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const geometricMean = (values) =>
  values.length === 0 ? undefined : Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/**
 * Medians per row ('boot' and the programs) and contender; ratios above 1 say that Subzero is the faster one.
 * @param {Record<string, any[]>} results runs by contender
 * @param {'ms' | 'cpuMs'} unit
 * @returns {{ medians: Record<string, Record<string, number | undefined>>, means: Record<string, number | undefined>, wrong: any[] }}
 */
export function summarise(results, unit = 'ms') {
  const ids = Object.keys(results);
  const names = [...new Set(ids.flatMap((id) => results[id].flatMap(({ programs }) => Object.keys(programs))))];
  const value = (run, name) =>
    name === 'boot' ? (unit === 'ms' ? run.boot : run.bootCpu) : run.programs[name]?.[unit];
  const medians = {};
  const hasBoot = ids.some((id) => results[id].some(({ boot }) => boot !== undefined));
  for (const name of [...(hasBoot ? ['boot'] : []), ...names]) {
    medians[name] = {};
    for (const id of ids) medians[name][id] = median(results[id].map((run) => value(run, name)));
  }
  const means = {};
  for (const id of ids.filter((peer) => peer !== 'subzero')) {
    const ratios = names.map((name) => ratio(medians[name], id)).filter((one) => one !== undefined && one > 0);
    means[id] = geometricMean(ratios);
  }
  return { medians, means, wrong: wrongSums(results, names) };
}

export const ratio = (row, peer) =>
  row[peer] === undefined || row.subzero === undefined ? undefined : row[peer] / row.subzero;

/** Programs whose checksum is not the native one (where the host did not run it: not the same everywhere). */
function wrongSums(results, names) {
  const found = [];
  for (const name of names) {
    const sumsOf = (id) => (results[id] ?? []).map(({ programs }) => programs[name]?.sum).filter(Boolean);
    const right = sumsOf('native')[0];
    const all = Object.keys(results).flatMap((id) => sumsOf(id).map((sum) => ({ id, sum })));
    const different = all.filter(({ sum }) => sum !== (right ?? all[0].sum));
    for (const { id, sum } of different) found.push({ name, id, sum, expected: right ?? all[0].sum });
  }
  return found;
}

/** Millions of instructions a second of each program, where the runs say how many there were. */
function mipsOf(runs, name) {
  return median(
    runs.map(({ programs }) => {
      const program = programs[name];
      return program?.instructions === undefined ? undefined : program.instructions / program.ms / 1000;
    }),
  );
}

const ms = (value) => (value === undefined ? '–' : value.toFixed(value < 10 ? 1 : 0));
const times = (value) => (value === undefined ? '' : value.toFixed(2));

/** A Markdown table of one guest. */
export function table(title, { medians, means }, titles, results) {
  const ids = Object.keys(titles);
  const peers = ids.filter((id) => id !== 'subzero' && 'subzero' in titles);
  const ours = results.subzero ?? [];
  const hasMips = Object.keys(medians).some((name) => mipsOf(ours, name) !== undefined);
  const heads = [
    ...ids.map((id) => titles[id]),
    ...peers.map((id) => `${titles[id]} ÷ Subzero`),
    ...(hasMips ? [`${titles.subzero}, MIPS`] : []),
  ];
  const lines = [`| ${title}, ms | ${heads.join(' | ')} |`, `| --- |${' ---: |'.repeat(heads.length)}`];
  const row = (name, cells, ratios) => {
    const mips = hasMips ? [ms(mipsOf(ours, name)).replace('–', '')] : [];
    lines.push(`| ${name} | ${[...cells, ...ratios, ...mips].join(' | ')} |`);
  };
  for (const [name, values] of Object.entries(medians)) {
    row(
      name,
      ids.map((id) => ms(values[id])),
      peers.map((id) => times(ratio(values, id))),
    );
  }
  if (Object.keys(medians).length > 1) {
    const blank = ids.map(() => '');
    row(
      '**geometric mean**',
      blank,
      peers.map((id) => `**${times(means[id])}**`),
    );
  }
  row(
    'peak memory, MiB',
    ids.map((id) => ms(median(results[id].map(({ peakMiB }) => peakMiB)))),
    peers.map(() => ''),
  );
  return lines.join('\n');
}
