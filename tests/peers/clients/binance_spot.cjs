// @binance/spot, the exchange's own: REST in promises, streams over one connection.
'use strict';

const { Spot, TimeUnit } = require('@binance/spot');
const {
  EIGHT, Crowd, Ear, answerLike, ask, askToStop, inMicroseconds, isCandles, isList, listen, pause,
  payloadLike, tell, urls,
} = require('./telling.cjs');

const symbol = 'BTCUSDT';
const PACE_MS = 500; // the client leaves it to its user to keep within five frames a second
const RARE = 'block trades are rare: one in ten minutes here';
const WHY =
  'sends eight subscriptions within a second, is closed with 1008 as it would be there, and connects anew';

async function rest(api) {
  const data = (name, call, good) => ask(`REST ${name}`, async () => (await call()).data(), good);
  const candles = { symbol, interval: '1m', limit: 5 };
  await data('ping', () => api.ping(), (answer) => typeof answer === 'object');
  await data('time', () => api.time(), answerLike('time'));
  await data('exchangeInfo', () => api.exchangeInfo(), answerLike('exchangeInfo'));
  await data('executionRules', () => api.executionRules({ symbol }), answerLike('executionRules'));
  await data('depth', () => api.depth({ symbol, limit: 1000 }), answerLike('depth'));
  await data('trades', () => api.getTrades({ symbol }), answerLike('trades'));
  await data('historicalTrades', () => api.historicalTrades({ symbol }), answerLike('trades'));
  await data('historicalBlockTrades', () => api.historicalBlockTrades({ symbol, fromId: 1 }), isList);
  await data('aggTrades', () => api.aggTrades({ symbol }), answerLike('aggTrades'));
  await data('klines', () => api.klines(candles), isCandles);
  await data('uiKlines', () => api.uiKlines(candles), isCandles);
  await data('avgPrice', () => api.avgPrice({ symbol }), answerLike('avgPrice'));
  await data('ticker/24hr', () => api.ticker24hr({ symbol }), answerLike('ticker/24hr'));
  await data('ticker/24hr, all', () => api.ticker24hr(), answerLike('ticker/24hr'));
  await data('ticker/tradingDay', () => api.tickerTradingDay({ symbol }), answerLike('ticker'));
  await data('ticker/price', () => api.tickerPrice(), answerLike('ticker/price'));
  await data('ticker/bookTicker', () => api.tickerBookTicker(), answerLike('ticker/bookTicker'));
  await data('ticker', () => api.ticker({ symbols: EIGHT }), answerLike('ticker'));
  await data('referencePrice', () => api.referencePrice({ symbol }), answerLike('referencePrice'));
  await data(
    'referencePrice/calculation',
    () => api.referencePriceCalculation({ symbol }),
    answerLike('referencePrice/calculation'),
  );
}

async function streams(api) {
  const connection = await api.connect();
  const ears = [];
  const hear = async (name, like, stream, options) => {
    const ear = new Ear(name, payloadLike(like), options);
    ears.push(ear);
    stream.on('message', (message) => ear.take(message));
    await pause(PACE_MS);
  };
  const one = { symbol: 'btcusdt' };
  await hear('trade', 'trade', connection.trade(one));
  await hear('aggTrade', 'aggTrade', connection.aggTrade(one));
  await hear('depth', 'depth', connection.diffBookDepth(one));
  await hear('depth@100ms', 'depth', connection.diffBookDepth({ ...one, updateSpeed: '100ms' }));
  await hear('depth5', 'depth5', connection.partialBookDepth({ ...one, levels: '5' }));
  await hear(
    'depth20@100ms', 'depth5', connection.partialBookDepth({ ...one, levels: '20', updateSpeed: '100ms' }),
  );
  await hear('kline_1m', 'kline_1m', connection.kline({ ...one, interval: '1m' }));
  await hear('kline_1m@+08:00', 'kline_1m', connection.klineOffset({ ...one, interval: '1m' }));
  await hear('miniTicker', 'miniTicker', connection.miniTicker(one));
  await hear('ticker', 'ticker', connection.ticker(one));
  await hear('ticker_1h', 'ticker_1h', connection.rollingWindowTicker({ ...one, windowSize: '1h' }));
  await hear('bookTicker', 'bookTicker', connection.bookTicker(one));
  await hear('avgPrice', 'avgPrice', connection.avgPrice(one));
  await hear('referencePrice', 'referencePrice', connection.referencePrice(one));
  await hear('blockTrade', 'trade', connection.blockTrade(one), { silent: RARE });
  await hear('!miniTicker@arr', 'miniTicker', connection.allMiniTicker());
  await hear('!ticker_1h@arr', 'ticker_1h', connection.allMarketRollingWindowTicker({ windowSize: '1h' }));
  await listen(ears);

  const all = new Ear('UNSUBSCRIBE', () => true);
  connection.on('message', (text) => {
    if (JSON.parse(text).stream === 'ethusdt@depth@100ms') all.take(text);
  });
  const fast = connection.diffBookDepth({ symbol: 'ethusdt', updateSpeed: '100ms' });
  await pause(PACE_MS);
  await askToStop(all, () => fast.unsubscribe());
  await connection.disconnect();
}

/** All names in the URL, as connect() takes them. */
async function combined(api) {
  const ear = new Ear('combined in the URL', payloadLike('trade'));
  const connection = await api.connect({ stream: ['btcusdt@trade', 'ethusdt@trade'] });
  connection.on('message', (text) => {
    const message = JSON.parse(text);
    if (message.stream) ear.take(message.data);
  });
  await listen([ear]);
  await connection.disconnect();
}

async function micro({ restAPI, websocketStreams }) {
  await ask('REST time, in microseconds', async () => (await restAPI.time()).data(), inMicroseconds);
  const ear = new Ear('trade, in microseconds', inMicroseconds);
  const connection = await websocketStreams.connect();
  connection.trade({ symbol: 'btcusdt' }).on('message', (message) => ear.take(message));
  await listen([ear]);
  await connection.disconnect();
}

async function eight(api) {
  const ear = new Crowd('eight in a row', (message) => message.s, { wanted: EIGHT.length, why: WHY });
  tell({ breach: 'frame rate', why: WHY });
  const connection = await api.connect();
  for (const name of EIGHT) {
    connection.miniTicker({ symbol: name.toLowerCase() }).on('message', (message) => ear.take(message));
  }
  await listen([ear]);
  await connection.disconnect();
}

async function main() {
  const { rest: basePath, streams: wsURL } = urls();
  const client = new Spot({ configurationRestAPI: { basePath }, configurationWebsocketStreams: { wsURL } });
  const timeUnit = TimeUnit.MICROSECOND;
  const finer = new Spot({
    configurationRestAPI: { basePath, timeUnit },
    configurationWebsocketStreams: { wsURL, timeUnit },
  });
  await rest(client.restAPI);
  await streams(client.websocketStreams);
  await combined(client.websocketStreams);
  await micro(finer);
  await eight(client.websocketStreams);
  process.exit(0);
}

main();
