// binance (tiagosiebler): REST in promises, streams over one connection.
'use strict';

const { MainClient, WebsocketClient } = require('binance');
const {
  EIGHT, Crowd, Ear, answerLike, ask, askToStop, isCandles, isList, listen, payloadLike, tell, urls,
} = require('./telling.cjs');

const symbol = 'BTCUSDT';
const RARE = 'block trades are rare: one in ten minutes here';
const RETIRED = 'retired on 2026-03-26, and silent there too';
const OWN_TIME = "by get(): its getServerTime() asks the exchange itself, whatever its option baseUrl says";

const WHY =
  'sends eight subscriptions within a second, is closed with 1008 as it would be there, and connects anew';

const STREAMS = {
  trade: 'trade',
  aggTrade: 'aggTrade',
  depth: 'depth',
  'depth@100ms': 'depth',
  depth5: 'depth5',
  'depth20@100ms': 'depth5',
  kline_1m: 'kline_1m',
  'kline_1m@+08:00': 'kline_1m',
  miniTicker: 'miniTicker',
  ticker: 'ticker',
  ticker_1h: 'ticker_1h',
  bookTicker: 'bookTicker',
  avgPrice: 'avgPrice',
  referencePrice: 'referencePrice',
};

async function rest(baseUrl) {
  const api = new MainClient({ baseUrl });
  const candles = { symbol, interval: '1m', limit: 5 };
  await ask('REST ping', () => api.testConnectivity(), (answer) => typeof answer === 'object');
  await ask('REST time', () => api.get('api/v3/time'), answerLike('time'), OWN_TIME);
  await ask('REST exchangeInfo', () => api.getExchangeInfo(), answerLike('exchangeInfo'));
  await ask('REST executionRules', () => api.getExecutionRules({ symbol }), answerLike('executionRules'));
  await ask('REST depth', () => api.getOrderBook({ symbol, limit: 1000 }), answerLike('depth'));
  await ask('REST trades', () => api.getRecentTrades({ symbol }), answerLike('trades'));
  await ask('REST historicalTrades', () => api.getHistoricalTrades({ symbol }), answerLike('trades'));
  await ask('REST historicalBlockTrades', () => api.getHistoricalBlockTrades({ symbol, fromId: 1 }), isList);
  await ask('REST aggTrades', () => api.getAggregateTrades({ symbol }), answerLike('aggTrades'));
  await ask('REST klines', () => api.getKlines(candles), isCandles);
  await ask('REST uiKlines', () => api.getUIKlines(candles), isCandles);
  await ask('REST avgPrice', () => api.getAvgPrice({ symbol }), answerLike('avgPrice'));
  await ask('REST ticker/24hr', () => api.get24hrChangeStatistics({ symbol }), answerLike('ticker/24hr'));
  await ask('REST ticker/24hr, all', () => api.get24hrChangeStatistics(), answerLike('ticker/24hr'));
  await ask('REST ticker/tradingDay', () => api.getTradingDayTicker({ symbol }), answerLike('ticker'));
  await ask('REST ticker/price', () => api.getSymbolPriceTicker(), answerLike('ticker/price'));
  await ask('REST ticker/bookTicker', () => api.getSymbolOrderBookTicker(), answerLike('ticker/bookTicker'));
  await ask('REST ticker', () => api.getRollingWindowTicker({ symbols: EIGHT }), answerLike('ticker'));
  await ask('REST referencePrice', () => api.getReferencePrice({ symbol }), answerLike('referencePrice'));
  await ask(
    'REST referencePrice/calculation',
    () => api.getReferencePriceCalculation({ symbol }),
    answerLike('referencePrice/calculation'),
  );
}

function connect(wsUrl, heard) {
  const quiet = { trace() {}, info() {}, error() {} };
  const client = new WebsocketClient({ wsUrl }, quiet);
  client.on('message', heard);
  client.on('exception', () => {});
  return client;
}

async function streams(wsUrl) {
  const ears = new Map();
  for (const [name, like] of Object.entries(STREAMS)) {
    ears.set(`btcusdt@${name}`, new Ear(name, payloadLike(like)));
  }
  ears.set('btcusdt@blockTrade', new Ear('blockTrade', payloadLike('trade'), { silent: RARE }));
  ears.set('!miniTicker@arr', new Ear('!miniTicker@arr', payloadLike('miniTicker')));
  ears.set('!ticker_1h@arr', new Ear('!ticker_1h@arr', payloadLike('ticker_1h')));
  ears.set('!ticker@arr', new Ear('!ticker@arr', payloadLike('ticker'), { silent: RETIRED }));
  const client = connect(wsUrl, (message) => {
    const first = Array.isArray(message) ? message[0] : message;
    ears.get(first.streamName)?.take(message);
  });
  await client.subscribe([...ears.keys()], 'main');
  await listen([...ears.values()]);
  const fast = 'btcusdt@depth@100ms';
  await askToStop(ears.get(fast), () => client.unsubscribe(fast, 'main'));
  client.closeAll(true);
}

async function eight(wsUrl) {
  const ear = new Crowd('eight in a row', (message) => message.s, { wanted: EIGHT.length, why: WHY });
  tell({ breach: 'frame rate', why: WHY });
  const client = connect(wsUrl, (message) => message.s && ear.take(message));
  await client.connect('main');
  for (const name of EIGHT) client.subscribe(`${name.toLowerCase()}@miniTicker`, 'main');
  await listen([ear]);
  client.closeAll(true);
}

async function main() {
  const { rest: restUrl, streams: streamsUrl } = urls();
  await rest(restUrl);
  await streams(streamsUrl);
  await eight(streamsUrl);
  process.exit(0);
}

main();
