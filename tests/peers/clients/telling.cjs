// How a client's script on Node tells the runner what it got; the Python scripts do the same in telling.py.
'use strict';

const FIELDS = require('./fields.json');

const LEAST_MS = 3000; // so long everybody listens, also to what is to stay silent
const MOST_MS = 15000; // what has brought nothing after so long brings nothing
const STEP_MS = 100;
const QUIET_MS = 1000; // a stream that brings nothing for so long has stopped
const SHOWN = 300; // characters of what was odd

// What somebody asks for in a row who has not read that five frames a second are the most.
const EIGHT = ['BTC', 'ETH', 'SOL', 'BNB', 'XRP', 'DOGE', 'PEPE', 'ADA'].map((base) => `${base}USDT`);

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Where REST and the streams of the embedded exchange are: the script's two arguments. */
function urls() {
  const [rest, streams] = process.argv.slice(2);
  return { rest, streams };
}

/** One line for the runner; words without a value are left out. */
function tell(words) {
  const told = Object.entries(words).filter(([, value]) => value !== undefined && value !== '');
  process.stdout.write(`${JSON.stringify(Object.fromEntries(told))}\n`);
}

/** Whether an object, or each row of an array, has all the fields. */
function has(fields) {
  const good = (value) => {
    if (Array.isArray(value)) return value.length > 0 && value.every(good);
    return value !== null && typeof value === 'object' && fields.every((field) => field in value);
  };
  return good;
}

const payloadLike = (stream) => has(FIELDS.streams[stream].split(' '));
const answerLike = (path) => has(FIELDS.rest[path].split(' '));
const isCandles = (rows) => Array.isArray(rows) && rows.length > 0 && rows.every((row) => row.length === 12);
const isList = (rows) => Array.isArray(rows); // be it empty: no block trade may have been done yet

/** Whether what came holds its time, the trade's or the server's, in microseconds. */
const inMicroseconds = (value) => (value.T ?? value.serverTime) > 1e14;

/** What one thing asked for has brought. */
class Ear {
  constructor(name, good, { silent = '', why = '', wanted = 1 } = {}) {
    Object.assign(this, { name, good, silent, why, wanted, count: 0, odd: '' });
  }

  take(message) {
    if (this.good(message)) this.count += 1;
    else this.odd ||= JSON.stringify(message).slice(0, SHOWN);
  }

  get missing() {
    return this.count < this.wanted && !this.silent;
  }

  tell() {
    const { name: ask, count, odd, silent, why, wanted } = this;
    tell({ ask, count, odd, silent, why, wanted });
  }
}

/** Several streams asked for in a row: counts those that brought something. */
class Crowd extends Ear {
  constructor(name, named, options) {
    super(name, null, options);
    this.named = named;
    this.seen = new Set();
  }

  take(message) {
    this.seen.add(this.named(message));
    this.count = this.seen.size;
  }
}

/** Wait until everything has brought something, or will not, and tell. */
async function listen(ears) {
  for (let ms = 0; ms < MOST_MS; ms += STEP_MS) {
    if (ms >= LEAST_MS && !ears.some((ear) => ear.missing)) break;
    await pause(STEP_MS);
  }
  ears.forEach((ear) => ear.tell());
}

/** Tell whether a stream is silent after it was unsubscribed from; `ear` hears everything. */
async function askToStop(ear, stop) {
  await stop();
  await pause(QUIET_MS);
  const before = ear.count;
  await pause(QUIET_MS);
  await ask('UNSUBSCRIBE', () => ear.count - before, (came) => came === 0);
}

/** Call something that answers, and tell what came. Whatever it throws is told too. */
async function ask(name, call, good, why = '') {
  try {
    const answer = await call();
    if (good(answer)) tell({ ask: name, count: Array.isArray(answer) ? Math.max(1, answer.length) : 1, why });
    else tell({ ask: name, count: 0, odd: String(JSON.stringify(answer)).slice(0, SHOWN) });
  } catch (error) {
    const text = error instanceof Error ? error.message : JSON.stringify(error);
    tell({ ask: name, count: 0, odd: String(text).slice(0, SHOWN) });
  }
}

module.exports = {
  EIGHT, Crowd, Ear, answerLike, ask, askToStop, inMicroseconds, isCandles, isList, listen, pause,
  payloadLike, tell, urls,
};
