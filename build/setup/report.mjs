// Set-up talks on stderr only: stdout belongs to the command that is being set up for.

export function say(text) {
  process.stderr.write(`subzero: ${text}\n`);
}

/** Says what starts, then how long it took. On a terminal a counter shows that it is alive. */
export async function during(text, work) {
  const started = Date.now();
  const seconds = () => ((Date.now() - started) / 1000).toFixed(1);
  say(`${text} …`);
  const ticker = setInterval(() => {
    if (process.stderr.isTTY) process.stderr.write(`\r         ${Math.round(Number(seconds()))} s \r`);
    else if (Math.round(Number(seconds())) % 30 === 0)
      say(`${text} … still at it after ${Math.round(Number(seconds()))} s`);
  }, 1000);
  try {
    const result = await work();
    say(`${text}: done in ${seconds()} s`);
    return result;
  } finally {
    clearInterval(ticker);
  }
}
